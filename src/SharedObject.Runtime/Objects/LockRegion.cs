namespace SharedObjects.Objects;

/// <summary>A stretch of code that holds an object's lock; disposing it lets go of what it took.</summary>
internal readonly ref struct LockRegion
{
    private readonly ObjectMount _mount;
    private readonly LockState _outer;

    internal LockRegion(ObjectMount mount, LockState outer)
    {
        _mount = mount;
        _outer = outer;
    }

    public void Dispose() => _mount?.Leave(_outer);
}
