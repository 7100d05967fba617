using System.IO;
using System.Threading;
using System.Threading.Tasks;
using SharedObjects.Internals;
using SharedObjects.Interop;
using SharedObjects.Memory;
using SharedObjects.Objects;
using SharedObjects.Wire;
using SharedObjects.Wire.Codecs;

namespace SharedObjects;

/// <summary>
/// Opens and makes shared objects. A type annotated with <see cref="SharedObjectAttribute"/> has these methods of its own,
/// with its name and codec filled in; the ones here are for values without a schema.
/// </summary>
/// <remarks>
/// Without a codec, <c>T</c> may be <see cref="bool"/>, an integer, an enum, <see cref="float"/>, <see cref="double"/>,
/// <see cref="System.Numerics.Complex"/>, <see cref="Pose"/>, <see cref="System.Numerics.Vector3"/>,
/// <see cref="System.Numerics.Quaternion"/>, <see cref="System.Numerics.Matrix4x4"/>, <see cref="string"/>, <c>byte[]</c> (a
/// Python <c>bytes</c>), <see cref="ByteArray"/>, an array of up to three dimensions or a
/// <see cref="System.Numerics.Tensors.Tensor{T}"/> of numbers, <see cref="NDArray"/>, <see cref="SharedDict"/>,
/// <see cref="SharedTuple"/>, <see cref="SharedList"/>, <see cref="SharedSet"/>, or
/// <see cref="object"/> for any of them.
/// </remarks>
public static class SharedObject
{
    /// <summary>Mounts an object that exists.</summary>
    /// <typeparam name="T">The type of its value.</typeparam>
    /// <param name="name">The object's name.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends waits.</param>
    /// <exception cref="SharedNotFoundException">There is no object of this name.</exception>
    /// <exception cref="SharedSchemaException">The object's value is of another type.</exception>
    /// <exception cref="SharedNotReadyException">Its maker did not finish it within <see cref="SharedObjectOptions.MountTimeout"/>.</exception>
    /// <exception cref="SharedFormatException">What is there is not a shared object.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="System.NotSupportedException"><typeparamref name="T"/> can't be shared without a schema.</exception>
    public static SharedObject<T> Open<T>(string name, SharedObjectOptions? options = null, CancellationToken cancellation = default) =>
        Open(name, BuiltInCodecs.Of<T>(), options, cancellation);

    /// <inheritdoc cref="Open{T}(string, SharedObjectOptions?, CancellationToken)"/>
    /// <param name="codec">How values are read and written: the <c>Codec</c> of a schema.</param>
    public static SharedObject<T> Open<T>(
        string name, SharedCodec<T> codec, SharedObjectOptions? options = null, CancellationToken cancellation = default)
    {
        System.ArgumentNullException.ThrowIfNull(codec);
        return new SharedObject<T>(ObjectMounts.Open(name, codec, options ?? SharedObjectOptions.Default, cancellation), codec);
    }

    /// <summary>
    /// Waits until there is an object of this name, and mounts it: its producer may start later, be in the middle of making it, or have made
    /// it without a value (Python's <c>None</c>) so far.
    /// </summary>
    /// <typeparam name="T">The type of its value.</typeparam>
    /// <param name="name">The object's name.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <remarks>The name is looked for at steps that grow from 1 ms to 20 ms.</remarks>
    /// <exception cref="System.OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="SharedSchemaException">There is one, of another type.</exception>
    /// <exception cref="SharedFormatException">What is there is not a shared object.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="System.NotSupportedException"><typeparamref name="T"/> can't be shared without a schema.</exception>
    public static Task<SharedObject<T>> OpenAsync<T>(
        string name, SharedObjectOptions? options = null, CancellationToken cancellation = default) =>
        OpenAsync(name, BuiltInCodecs.Of<T>(), options, cancellation);

    /// <inheritdoc cref="OpenAsync{T}(string, SharedObjectOptions?, CancellationToken)"/>
    /// <param name="codec">How values are read and written: the <c>Codec</c> of a schema.</param>
    public static async Task<SharedObject<T>> OpenAsync<T>(
        string name, SharedCodec<T> codec, SharedObjectOptions? options = null, CancellationToken cancellation = default)
    {
        System.ArgumentNullException.ThrowIfNull(codec);
        ObjectMount mount = await ObjectMounts.OpenAsync(
            name, codec, options ?? SharedObjectOptions.Default, cancellation).ConfigureAwait(false);
        return new SharedObject<T>(mount, codec);
    }

    /// <summary>Mounts an object whose type is known only at run time.</summary>
    /// <param name="name">The object's name.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends waits.</param>
    /// <returns>
    /// A handle whose values are null (<c>None</c>), <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>,
    /// <see cref="System.Numerics.Complex"/>, <see cref="Pose"/>, <see cref="string"/>, <c>byte[]</c>, <see cref="ByteArray"/>,
    /// <see cref="NDArray"/>, <see cref="SharedDict"/>, <see cref="SharedTuple"/>, <see cref="SharedList"/> or <see cref="SharedSet"/>.
    /// </returns>
    /// <exception cref="SharedNotFoundException">There is no object of this name.</exception>
    /// <exception cref="SharedNotReadyException">Its maker did not finish it within <see cref="SharedObjectOptions.MountTimeout"/>.</exception>
    /// <exception cref="SharedFormatException">What is there is not a shared object.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    public static SharedObject<object?> OpenAny(string name, SharedObjectOptions? options = null, CancellationToken cancellation = default) =>
        Open<object?>(name, options, cancellation);

    /// <summary>Makes a new object that holds <paramref name="initial"/>.</summary>
    /// <typeparam name="T">The type of its value.</typeparam>
    /// <param name="name">The object's name.</param>
    /// <param name="initial">The first value; it also sets shapes and capacities where the type leaves them open.</param>
    /// <param name="options">How to make it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <exception cref="SharedExistsException">There is an object of this name.</exception>
    /// <exception cref="SharedValueException">The value can't be shared.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="SharedSystemException">The system refused: shared memory is full, say.</exception>
    /// <exception cref="System.NotSupportedException"><typeparamref name="T"/> can't be shared without a schema.</exception>
    public static SharedObject<T> Create<T>(string name, T initial, SharedObjectOptions? options = null) =>
        Create(name, initial, BuiltInCodecs.Of<T>(), options);

    /// <inheritdoc cref="Create{T}(string, T, SharedObjectOptions?)"/>
    /// <param name="codec">How values are read and written: the <c>Codec</c> of a schema.</param>
    public static SharedObject<T> Create<T>(string name, T initial, SharedCodec<T> codec, SharedObjectOptions? options = null)
    {
        System.ArgumentNullException.ThrowIfNull(codec);
        return new SharedObject<T>(ObjectMounts.Make(name, initial, codec, options ?? SharedObjectOptions.Default), codec);
    }

    /// <summary>Mounts an object and leaves its value alone, or makes it with <paramref name="initial"/> if there is none.</summary>
    /// <typeparam name="T">The type of its value.</typeparam>
    /// <param name="name">The object's name.</param>
    /// <param name="initial">The first value of a new object; it also sets shapes and capacities where the type leaves them open.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends waits.</param>
    /// <exception cref="SharedSchemaException">There is one, of another type.</exception>
    /// <exception cref="SharedValueException">The value can't be shared.</exception>
    /// <exception cref="SharedNotReadyException">Its maker did not finish it within <see cref="SharedObjectOptions.MountTimeout"/>.</exception>
    /// <exception cref="SharedFormatException">What is there is not a shared object.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="SharedSystemException">The system refused: shared memory is full, say.</exception>
    /// <exception cref="System.NotSupportedException"><typeparamref name="T"/> can't be shared without a schema.</exception>
    public static SharedObject<T> OpenOrCreate<T>(
        string name, T initial, SharedObjectOptions? options = null, CancellationToken cancellation = default) =>
        OpenOrCreate(name, initial, BuiltInCodecs.Of<T>(), options, cancellation);

    /// <inheritdoc cref="OpenOrCreate{T}(string, T, SharedObjectOptions?, CancellationToken)"/>
    /// <param name="codec">How values are read and written: the <c>Codec</c> of a schema.</param>
    public static SharedObject<T> OpenOrCreate<T>(
        string name, T initial, SharedCodec<T> codec, SharedObjectOptions? options = null, CancellationToken cancellation = default)
    {
        System.ArgumentNullException.ThrowIfNull(codec);
        ObjectMount mount = ObjectMounts.OpenOrMake(name, initial, codec, options ?? SharedObjectOptions.Default, cancellation, out _);
        return new SharedObject<T>(mount, codec);
    }

    /// <summary>
    /// Mounts an object and leaves its value alone, or makes one that was never assigned. Only for codecs whose layout never
    /// varies: those of schemas.
    /// </summary>
    /// <typeparam name="T">The type of its value.</typeparam>
    /// <param name="name">The object's name.</param>
    /// <param name="codec">How values are read and written: the <c>Codec</c> of a schema.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends waits.</param>
    /// <exception cref="SharedSchemaException">There is one, of another type.</exception>
    /// <exception cref="SharedNotReadyException">Its maker did not finish it within <see cref="SharedObjectOptions.MountTimeout"/>.</exception>
    /// <exception cref="SharedFormatException">What is there is not a shared object.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="SharedSystemException">The system refused: shared memory is full, say.</exception>
    /// <exception cref="System.NotSupportedException">The layout depends on the first value.</exception>
    public static SharedObject<T> OpenOrCreate<T>(
        string name, SharedCodec<T> codec, SharedObjectOptions? options = null, CancellationToken cancellation = default)
    {
        System.ArgumentNullException.ThrowIfNull(codec);
        ObjectLayout layout = codec.FixedLayout ?? throw Error.NeedsFirstValue(typeof(T));
        options ??= SharedObjectOptions.Default;
        return new SharedObject<T>(ObjectMounts.OpenOrMakeUnassigned(name, layout, codec, options, cancellation), codec);
    }

    /// <summary>
    /// Python's <c>SharedObject(name, data=value)</c>: mounts the object or makes it, and in either case assigns
    /// <paramref name="value"/>.
    /// </summary>
    /// <typeparam name="T">The type of its value.</typeparam>
    /// <param name="name">The object's name.</param>
    /// <param name="value">The value; for a new object it also sets shapes and capacities where the type leaves them open.</param>
    /// <param name="options">How to open it; <see cref="SharedObjectOptions.Default"/> if null.</param>
    /// <param name="cancellation">Ends waits.</param>
    /// <exception cref="SharedSchemaException">There is one, of another type. Nothing was written.</exception>
    /// <exception cref="SharedValueException">The value can't be shared, or does not fit the object there is. Nothing was written.</exception>
    /// <exception cref="SharedNotReadyException">Its maker did not finish it within <see cref="SharedObjectOptions.MountTimeout"/>.</exception>
    /// <exception cref="SharedFormatException">What is there is not a shared object.</exception>
    /// <exception cref="SharedLockTimeoutException">The lock was not to be had within <see cref="SharedObjectOptions.LockTimeout"/>.</exception>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="SharedSystemException">The system refused: shared memory is full, say.</exception>
    /// <exception cref="System.NotSupportedException"><typeparamref name="T"/> can't be shared without a schema.</exception>
    public static SharedObject<T> Publish<T>(
        string name, T value, SharedObjectOptions? options = null, CancellationToken cancellation = default) =>
        Publish(name, value, BuiltInCodecs.Of<T>(), options, cancellation);

    /// <inheritdoc cref="Publish{T}(string, T, SharedObjectOptions?, CancellationToken)"/>
    /// <param name="codec">How values are read and written: the <c>Codec</c> of a schema.</param>
    public static SharedObject<T> Publish<T>(
        string name, T value, SharedCodec<T> codec, SharedObjectOptions? options = null, CancellationToken cancellation = default)
    {
        System.ArgumentNullException.ThrowIfNull(codec);
        options ??= SharedObjectOptions.Default;
        ObjectMount mount = ObjectMounts.OpenOrMake(name, value, codec, options, cancellation, out bool made);
        var handle = new SharedObject<T>(mount, codec);
        try
        {
            return made ? handle : handle.Assign(value, options.LockTimeout, cancellation);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Whether there is a segment of this name; it need not be a shared object.</summary>
    /// <param name="name">The object's name.</param>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    public static bool Exists(string name) => File.Exists(SegmentName.ToPath(name));

    /// <summary>
    /// Removes an object's name. Handles that have it open, in any process, go on working with the old memory; the next to open
    /// the name makes or finds another object.
    /// </summary>
    /// <param name="name">The object's name.</param>
    /// <returns>False if there was no object of this name.</returns>
    /// <exception cref="SharedNameException">The name can't be one of a shared object.</exception>
    /// <exception cref="SharedSystemException">The system refused.</exception>
    public static bool Unlink(string name)
    {
        int result = Posix.Unlink(SegmentName.ToPath(name));
        return result switch
        {
            >= 0 => true,
            -Errno.ENOENT => false,
            _ => throw Error.System(name, "unlink", -result),
        };
    }
}
