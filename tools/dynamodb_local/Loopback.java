import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import java.net.InetSocketAddress;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;

/**
 * DynamoDB Local in memory, one database for all credentials and Regions, on a free port of the loopback interface.
 *
 * <p>Its own ServerRunner listens on every interface, and outlives whoever started it. This one prints its port, and
 * ends when its standard input does.
 */
public final class Loopback {
    public static void main(String[] arguments) throws Exception {
        var requests = new LocalDynamoDBRequestHandler(0, true, null, true, false);
        var contexts = new ContextHandlerCollection();
        var context = new ContextHandler("/");
        context.setHandler(new LocalDynamoDBServerHandler(requests, null));
        contexts.addHandler(context);
        var server = new Server(new InetSocketAddress("127.0.0.1", 0));
        server.setHandler(contexts);
        server.start();
        System.out.println("port " + ((ServerConnector) server.getConnectors()[0]).getLocalPort());
        while (System.in.read() >= 0) {}
        System.exit(0);
    }
}
