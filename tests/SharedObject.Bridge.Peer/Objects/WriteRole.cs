using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;

namespace SharedObjects.Bridging.Peers.Objects;

/// <summary>Assigns blocks to objects of its own, each at its rate, from <c>go</c> to <c>stop</c>; <c>count</c> answers how many each has had.</summary>
internal static class WriteRole
{
    internal static int Play(string[] blocks)
    {
        List<Writer> writers = [.. blocks.Select(static block => new Writer(block.Split(':')))];
        try
        {
            return Dialogue.Play(words =>
            {
                switch (words)
                {
                    case ["go"]:
                        writers.ForEach(static writer => writer.Go());
                        return "done";
                    case ["stop"]:
                        writers.ForEach(static writer => writer.Stop());
                        return Counts(writers);
                    case ["count"]:
                        return Counts(writers);
                    default:
                        throw Dialogue.NotUnderstood(words);
                }
            });
        }
        finally
        {
            writers.ForEach(static writer => writer.Stop());
        }
    }

    private static string Counts(List<Writer> writers) =>
        new JsonObject(writers.Select(static writer => KeyValuePair.Create<string, JsonNode?>(writer.Name, writer.Count))).ToJsonString();

    private sealed class Writer
    {
        private readonly byte[] _block;
        private readonly double _hertz;
        private readonly SharedArray<byte> _array;
        private Thread? _thread;
        private volatile bool _stop;
        private long _count;

        internal Writer(string[] block)
        {
            Name = block[0];
            _block = new byte[int.Parse(block[1], CultureInfo.InvariantCulture)];
            _hertz = Dialogue.Number(block[2]);
            _array = SharedArray<byte>.OpenOrCreate(Name, [_block.Length]);
            Write(); // so that there is a value as soon as it is ready
        }

        internal string Name { get; }

        internal long Count => Interlocked.Read(ref _count);

        internal void Go()
        {
            _stop = false;
            _thread = new Thread(Run) { IsBackground = true };
            _thread.Start();
        }

        internal void Stop()
        {
            _stop = true;
            _thread?.Join();
            _thread = null;
        }

        private void Write()
        {
            Block.Fill(_block, _count + 1);
            _array.Assign(_block);
            Interlocked.Increment(ref _count);
        }

        private void Run()
        {
            long began = Stopwatch.GetTimestamp();
            for (long i = 0; !_stop; i++)
            {
                double left = (i / _hertz) - Block.Seconds(began);
                if (left > 0)
                {
                    Thread.Sleep(TimeSpan.FromSeconds(left));
                }
                else if (left < -0.1)
                {
                    // The machine was busy for long: what is late is left out, as the drivers of robots do.
                    began = Stopwatch.GetTimestamp();
                    i = 0;
                }

                Write();
            }
        }
    }
}
