namespace SharedObjects.Bridging;

/// <summary>The ids of the library's log lines. Their categories begin with <c>SharedObjects.Bridging</c>.</summary>
public static class BridgeEventIds
{
    /// <summary>Information: a connection to the broker was made.</summary>
    public const int Connected = 1;

    /// <summary>Warning: there is no connection, or it was lost; it is tried again. Said once for each reason, until there is one.</summary>
    public const int NotConnected = 2;

    /// <summary>Information: another bridge is there.</summary>
    public const int PeerCame = 3;

    /// <summary>Information: another bridge has gone.</summary>
    public const int PeerWent = 4;

    /// <summary>Information: an object of this host goes out from now on.</summary>
    public const int Publishing = 10;

    /// <summary>Information: an object that went out is not here any more.</summary>
    public const int Removed = 11;

    /// <summary>Warning: a value does not go out. Said once for each object and reason.</summary>
    public const int NotPublished = 12;

    /// <summary>Error: two bridges publish the same object. Said once for each object and other bridge.</summary>
    public const int Conflict = 13;

    /// <summary>Information: the other bridge has gone, and the object goes out from here again.</summary>
    public const int ConflictEnded = 14;

    /// <summary>Error: an object matches a pattern of both directions, and crosses in neither.</summary>
    public const int BothDirections = 15;

    /// <summary>Information: an object of another host was made here.</summary>
    public const int Made = 20;

    /// <summary>Warning: a message was refused. Said once for each topic and reason.</summary>
    public const int Refused = 21;

    /// <summary>Warning: another program of this host writes an object that comes from another host. Said once for each object.</summary>
    public const int ForeignWriter = 22;

    /// <summary>Warning: a value can't be written here, say as shared memory is full; it is tried again. Said once, until it works.</summary>
    public const int NoRoom = 23;

    /// <summary>Information: values of an object can be written again.</summary>
    public const int RoomAgain = 24;

    /// <summary>Information: an object was removed at its origin.</summary>
    public const int RemovedAtOrigin = 25;
}
