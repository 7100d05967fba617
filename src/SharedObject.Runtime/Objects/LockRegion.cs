namespace SharedObjects.Objects;

/// <summary>A stretch of code that holds an object's lock; disposing it lets go of what it took.</summary>
internal readonly ref struct LockRegion
{
    private readonly ObjectMount _mount;
    private readonly LockState _outer;
    private readonly int _entry;

    internal LockRegion(ObjectMount mount, LockState outer, int entry)
    {
        _mount = mount;
        _outer = outer;
        _entry = entry;
    }

    public void Dispose() => _mount?.Leave(_outer, _entry);
}
