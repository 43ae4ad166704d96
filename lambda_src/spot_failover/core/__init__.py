"""Pure decisions: no AWS client, no clock, no environment. Everything they need is passed in."""
