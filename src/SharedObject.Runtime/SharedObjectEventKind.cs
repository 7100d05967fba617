namespace SharedObjects;

/// <summary>What has happened to an object that a handle of this process has open.</summary>
public enum SharedObjectEventKind
{
    /// <summary>The object's name is gone. Who has it open shares it still, but nobody can find it.</summary>
    Unlinked,

    /// <summary>A producer has made the object anew, and the handle stays with the old one (<see cref="SharedObjectOptions.Remount"/>).</summary>
    Replaced,

    /// <summary>A producer has made the object anew, and the handle has moved to it.</summary>
    Remounted,

    /// <summary>This process has made the object anew, as its name was gone (<see cref="SharedHandle.Republish"/>).</summary>
    Republished,
}
