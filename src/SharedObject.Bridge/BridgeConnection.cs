namespace SharedObjects.Bridging;

/// <summary>Whether a bridge has its broker.</summary>
public enum BridgeConnection
{
    /// <summary>It does not run: not yet, or not any more.</summary>
    Stopped,

    /// <summary>It has no connection, and tries to get one.</summary>
    Connecting,

    /// <summary>It is connected and has subscribed.</summary>
    Connected,
}
