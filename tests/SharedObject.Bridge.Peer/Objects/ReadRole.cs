using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;

namespace SharedObjects.Bridging.Peers.Objects;

/// <summary>
/// Opens objects as they come to be, and waits for each of their blocks. <c>report</c> answers what it has seen since the report before, and
/// <c>until NAME NUMBER</c> when that block or a later one is there.
/// </summary>
internal static class ReadRole
{
    internal static int Play(string[] names)
    {
        using var end = new CancellationTokenSource();
        Dictionary<string, Reader> readers = names.ToDictionary(static name => name, name => new Reader(name, end.Token));
        try
        {
            return Dialogue.Play(words =>
            {
                switch (words)
                {
                    case ["report"]:
                        return new JsonObject(readers.Select(static reader => KeyValuePair.Create<string, JsonNode?>(reader.Key, reader.Value.Report()))).ToJsonString();
                    case ["until", var name, var number]:
                        readers[name].Until(long.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
                        return "done";
                    default:
                        throw Dialogue.NotUnderstood(words);
                }
            });
        }
        finally
        {
            end.Cancel();
        }
    }

    private sealed class Reader
    {
        private readonly string _name;
        private readonly CancellationToken _end;
        private readonly object _lock = new();
        private List<double> _delays = [];
        private long _last, _disorder, _broken;
        private string? _failure;

        internal Reader(string name, CancellationToken end)
        {
            _name = name;
            _end = end;
            new Thread(Run) { IsBackground = true }.Start();
        }

        /// <summary>Times are in milliseconds, from before the block's assign to when it was read.</summary>
        internal JsonObject Report()
        {
            List<double> delays;
            long last, disorder, broken;
            lock (_lock)
            {
                (delays, _delays) = (_delays, []);
                (last, disorder, broken) = (_last, _disorder, _broken);
            }

            delays.Sort();
            double At(double share) => delays.Count == 0 ? 0 : Math.Round(delays[(int)(share * (delays.Count - 1))], 3);
            return new JsonObject
            {
                ["count"] = delays.Count, ["last"] = last, ["disorder"] = disorder, ["broken"] = broken,
                ["p50"] = At(0.5), ["p99"] = At(0.99), ["max"] = At(1), ["failure"] = _failure,
            };
        }

        internal void Until(long number)
        {
            lock (_lock)
            {
                while (_last < number && _failure is null)
                {
                    Monitor.Wait(_lock);
                }
            }
        }

        private void Run()
        {
            try
            {
                using SharedArray<byte> array = SharedArray<byte>.OpenAsync(_name, cancellation: _end).GetAwaiter().GetResult();
                byte[] block = new byte[array.Length];
                // What is there already counts as well.
                while (!array.TryFetchInto(block))
                {
                    array.Wait(Timeout.InfiniteTimeSpan, _end);
                }

                while (true)
                {
                    See(block);
                    array.Wait(Timeout.InfiniteTimeSpan, _end);
                    array.FetchInto(block);
                }
            }
            catch (OperationCanceledException)
            {
            }
            catch (Exception e) when (e is SharedObjectException)
            {
                lock (_lock)
                {
                    _failure = e.Message;
                    Monitor.PulseAll(_lock);
                }
            }
        }

        private void See(byte[] block)
        {
            double delay = (Block.Now - Block.MadeAt(block)) / 1e6;
            lock (_lock)
            {
                long number = Block.NumberOf(block);
                _disorder += number < _last ? 1 : 0;
                _broken += Block.IsWhole(block) ? 0 : 1;
                _delays.Add(delay);
                _last = number;
                Monitor.PulseAll(_lock);
            }
        }
    }
}
