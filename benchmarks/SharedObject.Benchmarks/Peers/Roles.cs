using System;
using System.Threading;
using SharedObjects.Benchmarks.Baselines;
using SharedObjects.Benchmarks.Bridge;
using SharedObjects.Benchmarks.Wake;

namespace SharedObjects.Benchmarks.Peers;

/// <summary>What this program does as somebody else's child.</summary>
internal static class Roles
{
    internal const string Worker = "worker";
    internal const string Server = "server";

    internal const int FetchFirst = 1;
    internal const int FetchSecond = 2;
    internal const int AssignFirst = 3;
    internal const int AssignFirstSlowly = 4;

    private const int BetweenLooks = 256;

    internal static int Play(string[] arguments)
    {
        switch (arguments)
        {
            case [WakeRoles.Waiter, var name, var strategy, var core]:
                return WakeRoles.Wait(name, Enum.Parse<WaitStrategy>(strategy), Number(core));
            case [WakeRoles.Writer, var name, var strategy, var core]:
                return WakeRoles.Write(name, Enum.Parse<WaitStrategy>(strategy), Number(core));
            case [IdleRole.Name, var way, .. var names]:
                return IdleRole.Play(Enum.Parse<IdleWay>(way), names);
            case [BridgeRoles.Bridge, var broker, var direction, .. var names]:
                return BridgeRoles.PlayBridge(broker, direction, names);
            case [BridgeRoles.Writer, var name, var size]:
                return BridgeRoles.Write(name, Number(size));
            case [BridgeRoles.FarReader, var broker, var name]:
                return BridgeRoles.ReadFar(broker, name);
            case [BridgeRoles.Reader, var name]:
                return BridgeRoles.Read(name);
            case [BridgeRoles.Sender, var broker, var topic, var size]:
                return BridgeRoles.SendAsync(broker, topic, Number(size)).GetAwaiter().GetResult();
            case [BridgeRoles.Receiver, var broker, var topic]:
                return BridgeRoles.ReceiveAsync(broker, topic).GetAwaiter().GetResult();
            default:
                return PlayUntilInputEnds(arguments);
        }
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static int PlayUntilInputEnds(string[] arguments)
    {
        new Thread(static () =>
        {
            while (Console.In.ReadLine() is not null)
            {
            }

            Environment.Exit(0);
        })
        { IsBackground = true }.Start();
        switch (arguments)
        {
            case [Worker, var core, var control, var first, var second]:
                Work(Number(core), control, first, second);
                return 0;
            case [Server, var path]:
                SocketValue.Serve(path);
                return 0;
            default:
                return 2;
        }
    }

    private static void Work(int core, string controlName, string firstName, string secondName)
    {
        if (core >= 0)
        {
            Cores.RunOn(core);
        }

        using Control control = Control.Open(controlName);
        using SharedObject<Joints> first = Joints.Open(firstName);
        using SharedObject<Joints> second = Joints.Open(secondName);
        Joints value = new(new double[8]);
        Console.Out.WriteLine("ready");
        while (true)
        {
            switch (control.Command)
            {
                case FetchFirst:
                    Fetch(first, ref value);
                    break;
                case FetchSecond:
                    Fetch(second, ref value);
                    break;
                case AssignFirst:
                    for (int i = 0; i < BetweenLooks; i++)
                    {
                        first.Assign(value);
                    }

                    break;
                case AssignFirstSlowly:
                    first.Assign(value);
                    Thread.Sleep(1);
                    break;
                default:
                    Thread.Sleep(1);
                    continue;
            }

            control.Add(BetweenLooks);
        }
    }

    private static void Fetch(SharedObject<Joints> handle, ref Joints value)
    {
        for (int i = 0; i < BetweenLooks; i++)
        {
            handle.FetchInto(ref value);
        }
    }
}
