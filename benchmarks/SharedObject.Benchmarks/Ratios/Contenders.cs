using System;
using System.Collections.Generic;
using SharedObjects.Benchmarks.Baselines;
using SharedObjects.Benchmarks.Measuring;
using SharedObjects.Samples.RobotCell.Schemas;

namespace SharedObjects.Benchmarks.Ratios;

/// <summary>The operations that one process can show; each loop has its operands in locals, as a caller's would.</summary>
internal static class Contenders
{
    internal static long Sink { get; set; }

    internal static List<Contender> All(Fixture fixture, MemoryPackStore store, SocketValue socket) =>
    [
        .. Small(fixture),
        .. Writes(fixture),
        .. Images(fixture),
        .. Untyped(fixture),
        .. OfOthers(store, socket),
    ];

    internal static Action<int> FetchLoop<T>(SharedObject<T> handle, T earlier) => count =>
    {
        SharedObject<T> local = handle;
        T value = earlier;
        for (int i = 0; i < count; i++)
        {
            local.FetchInto(ref value);
        }
    };

    private static IEnumerable<Contender> Small(Fixture fixture)
    {
        RawSegment raw = fixture.RawJoints;
        byte[] copy = new byte[64];
        yield return new("memcpy_64B", count =>
        {
            ReadOnlySpan<byte> source = raw.Bytes.Slice(Fixture.JointsOffset, copy.Length);
            Span<byte> destination = copy;
            for (int i = 0; i < count; i++)
            {
                source.CopyTo(destination);
            }
        });
        RawSegment rawLock = fixture.RawLock;
        yield return new("flock_pair", count =>
        {
            for (int i = 0; i < count; i++)
            {
                rawLock.LockPair(Native.LockExclusive);
            }
        });
        yield return new("flock_pair_shared", count =>
        {
            for (int i = 0; i < count; i++)
            {
                rawLock.LockPair(Native.LockShared);
            }
        });
        yield return new("fetch_64B", FetchLoop(fixture.Joints, NewJoints()));
        yield return new("fetch_64B_locked", FetchLoop(fixture.JointsLocked, new LockedJoints(new double[8])));
        yield return new("fetch_64B_new", count =>
        {
            SharedObject<Joints> local = fixture.Joints;
            for (int i = 0; i < count; i++)
            {
                local.Fetch();
            }
        });
        yield return new("fetch_64B_view", count =>
        {
            SharedObject<Joints> local = fixture.Joints;
            double sum = 0;
            for (int i = 0; i < count; i++)
            {
                sum += local.Fetch(static view => view.Values[3]);
            }

            Sink += (long)sum;
        });
        yield return new("fetch_64B_matrix", FetchLoop(fixture.Transform, default));
        yield return new("fetch_float", count =>
        {
            SharedObject<double> local = fixture.Number;
            double sum = 0;
            for (int i = 0; i < count; i++)
            {
                sum += local.Fetch();
            }

            Sink += (long)sum;
        });
        yield return new("fetch_record_8_doubles", FetchLoop(fixture.Record, default));
        yield return new("fetch_state", FetchLoop(fixture.State, fixture.State.Fetch()));
        yield return new("fetch_state_new", count =>
        {
            SharedObject<ArmState> local = fixture.State;
            for (int i = 0; i < count; i++)
            {
                local.Fetch();
            }
        });
        yield return new("modified", count =>
        {
            SharedObject<Joints> local = fixture.Joints;
            int modified = 0;
            for (int i = 0; i < count; i++)
            {
                if (local.Modified)
                {
                    modified++;
                }
            }

            Sink += modified;
        });
    }

    private static IEnumerable<Contender> Writes(Fixture fixture)
    {
        yield return new("assign_64B", AssignLoop(fixture.Other, fixture.Other.Fetch()));
        yield return new("assign_state", AssignLoop(fixture.State, fixture.State.Fetch()));
        RawSegment raw = fixture.RawSimulated;
        byte[] payload = new byte[64];
        payload.AsSpan().Fill(1);
        yield return new("write_as_python", count =>
        {
            ulong stamp = Stamp();
            for (int i = 0; i < count; i++)
            {
                raw.WriteAsPython(stamp++, payload, Fixture.JointsOffset);
            }
        });
        Joints value = NewJoints();
        yield return new("write_as_python_and_fetch", count =>
        {
            SharedObject<Joints> local = fixture.Simulated;
            ulong stamp = Stamp();
            for (int i = 0; i < count; i++)
            {
                raw.WriteAsPython(stamp++, payload, Fixture.JointsOffset);
                local.FetchInto(ref value);
            }
        });
    }

    /// <summary>The same values in objects whose type stays, and in dynamic ones.</summary>
    private static IEnumerable<Contender> Untyped(Fixture fixture)
    {
        SharedObject<object?> dict = fixture.Dict, megabyte = fixture.Megabyte;
        SharedDynamicObject dynamicDict = fixture.DynamicDict, dynamicMegabyte = fixture.DynamicMegabyte;
        yield return new("fetch_dict", FetchNewLoop(dict));
        yield return new("fetch_dict_dynamic", FetchLoop(dynamicDict));
        yield return new("fetch_1MB", FetchNewLoop(megabyte));
        yield return new("fetch_1MB_typed", FetchNewLoop(fixture.TypedMegabyte));
        yield return new("fetch_1MB_dynamic", FetchLoop(dynamicMegabyte));
        yield return new("assign_dict", AssignLoop(dict, dict.Fetch()));
        yield return new("assign_dict_dynamic", AssignLoop(dynamicDict, dict.Fetch()));
        yield return new("assign_1MB", AssignLoop(megabyte, megabyte.Fetch()));
        yield return new("assign_1MB_dynamic", AssignLoop(dynamicMegabyte, megabyte.Fetch()));
    }

    private static Action<int> FetchNewLoop<T>(SharedObject<T> handle) => count =>
    {
        SharedObject<T> local = handle;
        for (int i = 0; i < count; i++)
        {
            local.Fetch();
        }
    };

    private static Action<int> FetchLoop(SharedDynamicObject handle) => count =>
    {
        SharedDynamicObject local = handle;
        for (int i = 0; i < count; i++)
        {
            local.Fetch();
        }
    };

    private static Action<int> AssignLoop(SharedDynamicObject handle, object? value) => count =>
    {
        SharedDynamicObject local = handle;
        for (int i = 0; i < count; i++)
        {
            local.Assign(value);
        }
    };

    private static IEnumerable<Contender> Images(Fixture fixture)
    {
        SharedArray<byte> image = fixture.Image;
        RawSegment raw = fixture.RawImage;
        byte[] pixels = GC.AllocateUninitializedArray<byte>(Fixture.ImageSize, pinned: true);
        image.FetchInto(pixels);
        yield return new("memcpy_image", count =>
        {
            for (int i = 0; i < count; i++)
            {
                raw.Bytes.Slice(Fixture.ImageOffset, pixels.Length).CopyTo(pixels);
            }
        });
        yield return new("fetch_image_into", count =>
        {
            for (int i = 0; i < count; i++)
            {
                image.FetchInto(pixels);
            }
        });
        yield return new("memcpy_image_back", count =>
        {
            for (int i = 0; i < count; i++)
            {
                pixels.CopyTo(raw.Bytes.Slice(Fixture.ImageOffset, pixels.Length));
            }
        });
        yield return new("assign_image", count =>
        {
            for (int i = 0; i < count; i++)
            {
                image.Assign(pixels);
            }
        });
        yield return new("view_image_locked", count =>
        {
            int sum = 0;
            for (int i = 0; i < count; i++)
            {
                sum += image.Fetch(static view => view[240, 424, 1]);
            }

            Sink += sum;
        });
    }

    private static IEnumerable<Contender> OfOthers(MemoryPackStore store, SocketValue socket)
    {
        PackedJoints packed = new(new double[8]);
        store.Write(packed);
        yield return new("memorypack_fetch_64B", count =>
        {
            PackedJoints value = packed;
            for (int i = 0; i < count; i++)
            {
                store.Read(ref value);
            }
        });
        yield return new("memorypack_assign_64B", count =>
        {
            for (int i = 0; i < count; i++)
            {
                store.Write(packed);
            }
        });
        byte[] received = new byte[SocketValue.Size];
        yield return new("unix_socket_64B", count =>
        {
            for (int i = 0; i < count; i++)
            {
                socket.Read(received);
            }
        });
    }

    private static Action<int> AssignLoop<T>(SharedObject<T> handle, T value) => count =>
    {
        for (int i = 0; i < count; i++)
        {
            handle.Assign(value);
        }
    };

    private static Joints NewJoints() => new(new double[8]);

    private static ulong Stamp() => (ulong)(DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}
