using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using SharedObjects;
using SharedObjects.Samples.RobotCell;

if (Options.Parse(args, out string? problem) is not { } options)
{
    Console.Error.WriteLine($"RobotCell: {problem}.\n{Options.Usage}");
    return 2;
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    IView view = options.Plain || Console.IsOutputRedirected ? new PlainView() : new TableView();
    Summary summary = new Session(options, view, stop.Token).Run();
    summary.Print(Console.Out);
    if (options.Check)
    {
        Console.WriteLine(summary.ToJson());
    }

    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.Error.WriteLine("RobotCell: stopped before the end; the producer has ended and its objects are gone.");
    return 130;
}
catch (Exception error) when (error is CellException or SharedObjectException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"RobotCell: {error.Message}");
    return 1;
}

void Stop(PosixSignalContext context)
{
    // The run ends by itself, in order: the producer first.
    context.Cancel = true;
    stop.Cancel();
}
