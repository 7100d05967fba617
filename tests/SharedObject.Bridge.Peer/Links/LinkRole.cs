using System.Net;

namespace SharedObjects.Bridging.Peers.Links;

/// <summary>
/// A link that one can spoil: a relay of TCP connections. The kernel's own means (netem) need modules that a test can't count on. On TCP a lost
/// packet is a delay, so that is what loss is here.
/// </summary>
/// <remarks>
/// <code>
/// delay MS [JITTER_MS]     each way, and as much again at random; order is kept
/// rate BYTES_PER_SECOND    each way, for all connections together; 0 for no limit
/// loss PERCENT STALL_MS    so many of the pieces come so much later, and what follows them too
/// stall | go               nothing passes, and nobody is told; and on again
/// reset                    all connections are aborted
/// refuse | accept          new connections are, too; and no longer
/// count                    connections, then bytes there and back since it began
/// </code>
/// </remarks>
internal static class LinkRole
{
    internal static int Play(string listen, string target)
    {
        using var relay = new Relay(IPEndPoint.Parse(listen), IPEndPoint.Parse(target));
        return Dialogue.Play(words =>
        {
            switch (words)
            {
                case ["delay", var delay]:
                    relay.Delay(Dialogue.Number(delay), 0);
                    break;
                case ["delay", var delay, var jitter]:
                    relay.Delay(Dialogue.Number(delay), Dialogue.Number(jitter));
                    break;
                case ["rate", var rate]:
                    relay.Rate(Dialogue.Number(rate));
                    break;
                case ["loss", var percent, var stall]:
                    relay.Loss(Dialogue.Number(percent) / 100, Dialogue.Number(stall));
                    break;
                case ["stall"]:
                    relay.Stall(true);
                    break;
                case ["go"]:
                    relay.Stall(false);
                    break;
                case ["reset"]:
                    relay.Reset();
                    break;
                case ["refuse"]:
                    relay.Refuses = true;
                    break;
                case ["accept"]:
                    relay.Refuses = false;
                    break;
                case ["count"]:
                    return $"{relay.Connections} {relay.There.Bytes} {relay.Back.Bytes}";
                default:
                    throw Dialogue.NotUnderstood(words);
            }

            return "done";
        });
    }
}
