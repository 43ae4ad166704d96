"""`python -m spotctl`."""

from spotctl.main import main

if __name__ == "__main__":
    main()
