using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using SharedObjects.Benchmarks.Baselines;
using SharedObjects.Benchmarks.Peers;
using SharedObjects.Bridging;

namespace SharedObjects.Benchmarks.Bridge;

/// <summary>
/// The processes of a bridged object (a writer and a bridge on the near side, a reader and a bridge on the far one), and those of a message
/// that MQTTnet sends and receives by itself.
/// </summary>
/// <remarks>
/// Each says <c>ready</c>. Those that write are then told how many values and how many nanoseconds apart, and answer <c>done</c>; those that
/// read are told how many, answer <c>ready</c>, and when the last has come with the lines of <see cref="Arrivals.Tell"/>.
/// </remarks>
internal static class BridgeRoles
{
    internal const string Bridge = "bridge", Writer = "bridge-writer", Reader = "bridge-reader", FarReader = "bridge-far-reader", Sender = "mqtt-sender", Receiver = "mqtt-receiver";
    internal const string Publishes = "publish", Subscribes = "subscribe";

    /// <summary>How many messages are under way at the same time, of the bridge's own windows.</summary>
    private const int UnderWay = 2;

    /// <summary>With MQTTnet's own 8 KiB, which are also the kernel's, an image would take 0.7 s.</summary>
    private const int SocketBuffer = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A bridge, until its input ends.</summary>
    internal static int PlayBridge(string broker, string direction, string[] names)
    {
        var options = new BridgeOptions { Broker = new Uri(broker), Host = direction };
        IList<string> patterns = direction == Publishes ? options.Publish : options.Subscribe;
        Array.ForEach(names, patterns.Add);
        using var end = new CancellationTokenSource();
        var bridge = new MqttBridge(options);
        Task running = bridge.RunAsync(end.Token);
        while (bridge.GetStatus().Connection != BridgeConnection.Connected)
        {
            Thread.Sleep(5);
        }

        Console.Out.WriteLine("ready");
        while (Console.In.ReadLine() is not null)
        {
        }

        end.Cancel();
        running.GetAwaiter().GetResult();
        bridge.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return 0;
    }

    internal static int Write(string name, int size)
    {
        byte[] bytes = Stamped.Make(size);
        using var array = SharedArray<byte>.Create(name, [size]);
        array.Assign(bytes);
        Console.Out.WriteLine("ready");
        while (TryHear(out int count, out long gap))
        {
            long next = Native.Now();
            for (int i = 1; i <= count; i++)
            {
                Native.Pass(spin: false, next += gap);
                Stamped.Stamp(bytes, i);
                array.Assign(bytes);
            }

            Console.Out.WriteLine("done");
        }

        array.Unlink();
        return 0;
    }

    /// <summary>The far side: in a mount namespace of its own, together with its bridge, as the objects have the same names on both sides.</summary>
    internal static int ReadFar(string broker, string name)
    {
        using Child bridge = Child.OfThisProgram(Bridge, broker, Subscribes, name);
        bridge.Hear();
        return Read(name);
    }

    /// <summary>Of the same host as the writer.</summary>
    internal static int Read(string name)
    {
        using SharedArray<byte> array = SharedArray<byte>.OpenAsync(name).GetAwaiter().GetResult();
        byte[] bytes = new byte[array.Length];
        Console.Out.WriteLine("ready");
        while (TryHear(out int count, out _))
        {
            var arrivals = new Arrivals(count);
            array.FetchInto(bytes);
            Console.Out.WriteLine("ready");
            while (!arrivals.IsComplete)
            {
                if (!array.Wait(Patience))
                {
                    return 1;
                }

                array.FetchInto(bytes);
                arrivals.Add(bytes);
            }

            arrivals.Tell();
        }

        return 0;
    }

    internal static async Task<int> SendAsync(string broker, string topic, int size)
    {
        using IMqttClient client = await ConnectAsync(broker);
        var free = new ConcurrentQueue<byte[]>();
        for (int i = 0; i < UnderWay; i++)
        {
            free.Enqueue(Stamped.Make(size));
        }

        using var slots = new SemaphoreSlim(UnderWay);
        Console.Out.WriteLine("ready");
        while (TryHear(out int count, out long gap))
        {
            long next = Native.Now();
            for (int i = 1; i <= count; i++)
            {
                Native.Pass(spin: false, next += gap);
                await slots.WaitAsync();
                free.TryDequeue(out byte[]? bytes);
                _ = SendAsync(bytes!, i);
            }

            for (int i = 0; i < UnderWay; i++)
            {
                await slots.WaitAsync();
            }

            slots.Release(UnderWay);
            Console.Out.WriteLine("done");
        }

        return 0;

        async Task SendAsync(byte[] bytes, int number)
        {
            Stamped.Stamp(bytes, number);
            await client.PublishAsync(new MqttApplicationMessage
            {
                Topic = topic, PayloadSegment = bytes, Retain = true, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            });
            free.Enqueue(bytes);
            slots.Release();
        }
    }

    internal static async Task<int> ReceiveAsync(string broker, string topic)
    {
        using IMqttClient client = await ConnectAsync(broker);
        Arrivals? arrivals = null;
        using var complete = new SemaphoreSlim(0);
        client.ApplicationMessageReceivedAsync += received =>
        {
            if (Volatile.Read(ref arrivals) is { IsComplete: false } current)
            {
                current.Add(received.ApplicationMessage.Payload.FirstSpan);
                if (current.IsComplete)
                {
                    complete.Release();
                }
            }

            return Task.CompletedTask;
        };
        await client.SubscribeAsync(topic, MqttQualityOfServiceLevel.AtMostOnce);
        Console.Out.WriteLine("ready");
        while (TryHear(out int count, out _))
        {
            Volatile.Write(ref arrivals, new Arrivals(count));
            Console.Out.WriteLine("ready");
            if (!await complete.WaitAsync(6 * Patience))
            {
                return 1;
            }

            arrivals.Tell();
        }

        return 0;
    }

    private static async Task<IMqttClient> ConnectAsync(string broker)
    {
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        var address = new Uri(broker);
        MqttClientOptions options = new MqttClientOptionsBuilder()
            .WithTcpServer(address.Host, address.Port)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .Build();
        ((MqttClientTcpOptions)options.ChannelOptions).BufferSize = SocketBuffer;
        await client.ConnectAsync(options);
        return client;
    }

    private static bool TryHear(out int count, out long gap)
    {
        string[] words = (Console.In.ReadLine() ?? "0 0").Split(' ');
        count = int.Parse(words[0], CultureInfo.InvariantCulture);
        gap = long.Parse(words[1], CultureInfo.InvariantCulture);
        return count > 0;
    }
}
