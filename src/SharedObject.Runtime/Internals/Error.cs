using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using SharedObjects.Interop;
using SharedObjects.Sync;
using SharedObjects.Wire;

namespace SharedObjects.Internals;

/// <summary>Makes every exception of the library: one place for their words.</summary>
internal static class Error
{
    /// <summary>The culture of numbers in messages.</summary>
    internal static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    internal static SharedNameException BadName(string? name, string why) =>
        new(name ?? "", $"'{name}' can't be the name of a shared object: {why}. Use 1 to 255 bytes of UTF-8 without '/' or NUL, other than '.' and '..'.");

    internal static SharedNotFoundException NotFound(string name) =>
        new(name, $"There is no shared object '{name}'. Start its producer first, or use OpenOrCreate or Publish to make it here.");

    internal static SharedExistsException Exists(string name) =>
        new(name, $"The shared object '{name}' exists already. Use Open to mount it, OpenOrCreate to accept either, or Unlink the old one first.");

    internal static SharedNotReadyException NeitherThereNorNot(string name, int tries) =>
        new(name, $"The shared object '{name}' was made and unlinked by others {tries} times while it was being opened. Look for a producer that restarts over and over.");

    internal static SharedNotReadyException BeingMade(string name, TimeSpan waited, long size) =>
        new(name, $"The shared object '{name}' is being made: after {Seconds(waited)} its segment of {size} bytes still has no type. "
            + "Its maker may have died half-way: if so, unlink it; if it is only slow, raise SharedObjectOptions.MountTimeout.");

    internal static SharedNeverAssignedException NeverAssigned(string name) =>
        new(name, $"The shared object '{name}' has never been assigned: it has a type, but no value yet. Assign it first, or use TryFetch.");

    internal static SharedTornException Torn(string name) =>
        new(name, $"The value of the shared object '{name}' is torn: a writer died or threw half-way through it. The next assign makes it whole; AcceptTorn takes it as it is.");

    internal static SharedStaleException Stale(string name, TimeSpan age, TimeSpan maxAge) =>
        new(name, $"The value of the shared object '{name}' is {Seconds(age)} old, and at most {Seconds(maxAge)} were asked for. Its producer is late, or has stopped.", age, maxAge);

    internal static SharedSilenceException Silence(string name, TimeSpan silence) =>
        new(name, $"No new value of the shared object '{name}' has come for {Seconds(silence)}. Its producer is late, or has stopped.", silence);

    internal static SharedNotReadyException NotRepublished(string name) =>
        new(name, $"The shared object '{name}' could not be made anew: others make and unlink it at the same time, or hold its lock. Try again.");

    internal static SharedFormatException NotAnObject(string name, string why) =>
        new(name, $"The segment '{name}' is not a shared object of this format: {why}. Another program made it, or an older version of the format.");

    internal static SharedFormatException NotUtf8(in CodecContext context, string? member, Exception inner) =>
        new(context.ObjectName, $"{Where(context, member)}: expected text in UTF-8, found bytes that are not. Its writer did not write a str.", inner);

    internal static SharedSchemaException SchemaMismatch(string name, Type type, string difference) =>
        new(name, $"The shared object '{name}' can't be used as {TypeName(type)}: {difference}. Change the C# type to match, or unlink the object and make it anew.");

    internal static SharedSchemaException IsDynamic(string name, Type type) =>
        new(name, $"The shared object '{name}' can't be used as {TypeName(type)}: it is a dynamic object, whose value may be of another type "
            + "after each assign. Open it with SharedDynamicObject; its Fetch<T> gets the value that is there as a T.");

    internal static SharedSchemaException OtherValue(string name, Type type, string difference) =>
        new(name, $"The value that the dynamic object '{name}' has now is no {TypeName(type)}: {difference}. Ask TryFetch, or Fetch without a type.");

    internal static SharedFormatException BadValue(string name, string why) =>
        new(name, $"The value of the dynamic object '{name}' can't be read: {why}. A peer has written what is no value of this format; "
            + "the next assign puts another in its place.");

    internal static SharedSchemaException KeysChanged(string name, string difference) =>
        new(name, $"The contents of the shared object '{name}' no longer match: {difference}. A peer has assigned a dict with other keys of the same sizes.");

    internal static SharedValueException ValueDoesNotFit(in CodecContext context, string? member, string expected, string found) =>
        ValueDoesNotFit(context.ObjectName, context.PathOf(member), expected, found);

    internal static SharedValueException ValueDoesNotFit(string name, string? member, string expected, string found) =>
        new(name, $"{Where(name, member)}: expected {expected}, found {found}. Nothing was written; an object's type, shape and capacities stay as they were made.");

    internal static SharedValueException LayoutDoesNotFit(string name, string difference) =>
        new(name, $"The value does not fit the shared object '{name}': {difference}. Nothing was written; an object's type, shape and capacities stay as they were made.");

    internal static SharedValueException TooLong(in CodecContext context, string? member, string unit, int capacity, int found) =>
        new(context.ObjectName, $"{Where(context, member)}: expected at most {capacity} {unit}, found {found}. Nothing was written. "
            + "The capacity was set when the object was made (a larger first value, init_size or [Capacity] gives more).");

    internal static SharedValueException TooLarge(string name, Exception inner) =>
        new(name, $"The value is too large for the shared object '{name}': an object has at most {ObjectLayout.MaxBufferSize} bytes, an array in it {ArrayLayout.MaxRank} dimensions.", inner);

    internal static SharedValueException LoneSurrogate(string name, string? member, Exception inner) =>
        new(name, $"{Where(name, member)}: expected a text that can be written in UTF-8, found one with half a surrogate pair. Nothing was written.", inner);

    internal static SharedValueException NotShareable(string name, object value, string advice) =>
        new(name, $"{Where(name, null)}: expected a value of a type that can be shared, found {TypeName(value.GetType())}. {advice}");

    internal static SharedRangeException OutOfRange(in CodecContext context, string? member, string expected, string found) =>
        new(context.ObjectName, $"{Where(context, member)}: expected {expected}, found {found}. Use a wider C# type for it.");

    internal static SharedRangeException BadCount(in CodecContext context, string? member, int most, string found) =>
        new(context.ObjectName, $"{Where(context, member)}: expected a length from 0 to {most}, found {found}. Its writer counts wrongly, "
            + "or means another object.");

    internal static SharedFormatException DuplicateElement(in CodecContext context, string? member) =>
        new(context.ObjectName, $"{Where(context, member)}: expected a set, found an element twice. Its writer did not write a set.");

    internal static SharedLockTimeoutException LockTimeout(string name, LockMode mode, TimeSpan timeout, IReadOnlyList<SharedLockHolder> holders)
    {
        string who = holders.Count > 0
            ? $"it is held by {string.Join(", ", holders.Select(Holder))}"
            : "nobody is seen to hold it (it was let go just now, or its holder is in another container)";
        return new SharedLockTimeoutException(
            name,
            $"The {(mode == LockMode.Exclusive ? "writer's" : "readers'")} lock of the shared object '{name}' was not to be had in {Seconds(timeout)}: {who}. "
                + "It goes on when that lets go of it, or ends (a plain Python process in which a fetch has raised keeps it until it ends); "
                + "SharedObjectOptions.LockTimeout is how long to wait.",
            holders);
    }

    internal static ObjectDisposedException Disposed(string name) =>
        new(name, $"This handle of the shared object '{name}' was disposed. Open the object again.");

    internal static SharedReentrancyException InCallback(string name) =>
        new(name, $"A callback that runs under the lock of the shared object '{name}' called the same handle. Do it after the callback, or use another handle.");

    internal static SharedReentrancyException WriteInReadScope(string name) =>
        new(name, $"The shared object '{name}' can't be written inside this thread's own read lock. Use EnterWriteLock around both.");

    internal static SharedSystemException ReadOnly(string name) =>
        new(name, $"The shared object '{name}' was opened for reading only, and can't be written or triggered. Open it without SharedObjectOptions.ReadOnly.", Errno.EACCES);

    internal static SharedSystemException NotAllowed(string name, uint owner, UnixFileMode mode, UnixFileMode allowed) =>
        new(name, $"The shared object '{name}' is open to others than this user: it belongs to user {owner} and has the mode {Octal(mode)}, "
            + $"where SharedObjectOptions.UnixFileMode allows {Octal(allowed)}. To share objects with other users, set that (on all sides) to the "
            + "mode they have, as UserRead | UserWrite | GroupRead | GroupWrite; if it should be private, unlink it or change its mode.", Errno.EACCES);

    internal static SharedFormatException Truncated(string name, long found, int needed) =>
        new(name, $"The segment of the shared object '{name}' has {found} bytes, and had {needed} when it was opened: a peer has truncated it. "
            + "What was in it is lost. Unlink it, and have its producer make it anew.");

    internal static NotSupportedException UnsupportedElement(Type type) =>
        new($"An ndarray can't have elements of type {TypeName(type)}. Use bool, an integer, Half, float, double, Complex, Complex64, LongDouble or LongDoubleComplex.");

    internal static NotSupportedException NoCodec(Type type) =>
        new($"{TypeName(type)} is not a type that can be shared by itself. Annotate it with [SharedObject(\"name\")] and use its own Open, "
            + "or pass its Codec; for images and other arrays use SharedArray<T>; for a type known only at run time, OpenAny.");

    internal static NotSupportedException NeedsFirstValue(Type type) =>
        new($"An object of type {TypeName(type)} can't be made without a first value, which sets its shape or capacity. Use the OpenOrCreate that takes one.");

    internal static SharedSystemException System(string name, string action, int errno)
    {
        string advice = errno switch
        {
            Errno.EACCES or Errno.EPERM => " It belongs to another user, or its mode does not let you in.",
            Errno.ENOSPC => " Shared memory is full: unlink objects nobody uses, or enlarge /dev/shm.",
            Errno.EMFILE or Errno.ENFILE => " Too many files are open: dispose handles, or raise the limit (ulimit -n).",
            Errno.ELOOP => " The name is a symbolic link, and those are not followed.",
            _ => "",
        };
        return new SharedSystemException(name, $"Could not {action} the shared object '{name}': {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}).{advice}", errno);
    }

    private static string Where(in CodecContext context, string? member) => Where(context.ObjectName, context.PathOf(member));

    private static string Where(string name, string? member) =>
        member is null ? $"The shared object '{name}'" : $"The member {member} of the shared object '{name}'";

    private static string Holder(SharedLockHolder holder) =>
        holder.ProcessId == Environment.ProcessId ? $"{holder} (another handle or thread of this process)"
        : holder.Command is null ? $"{holder}; a child of it that can't be seen has inherited the open file"
        : holder.ToString();

    private static string Seconds(TimeSpan time) => string.Create(Culture, $"{time.TotalSeconds:0.###} s");

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');

    private static string TypeName(Type type) => type.ToString();
}
