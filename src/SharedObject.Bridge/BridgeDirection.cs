namespace SharedObjects.Bridging;

/// <summary>Which way an object's values go.</summary>
public enum BridgeDirection
{
    /// <summary>From this host to others.</summary>
    Publish,

    /// <summary>From another host to this one.</summary>
    Subscribe,
}
