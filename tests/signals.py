"""What tests of signals need to have in common, whoever runs them."""
import signal


def listen_to_all():
    """Who runs a test may ignore signals (nohup, a shell's background), and what it starts would, too."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
