using System.CommandLine;
using SharedObjects.Cli.Shell;
using SharedObjects.Cli.Verbs;

var root = new RootCommand("See, measure, write and repair the shared objects of this machine.")
{
    ListVerb.Create(),
    InfoVerb.Create(),
    EchoVerb.Create(),
    RateVerb.Create(),
    BandwidthVerb.Create(),
    DelayVerb.Create(),
    TopVerb.Create(),
    ImageVerb.Create(),
    PlotVerb.Create(),
    CreateVerb.Create(),
    AssignVerb.Create(),
    TriggerVerb.Create(),
    DumpVerb.Create(),
    RestoreVerb.Create(),
    RemoveVerb.Create(),
    CleanVerb.Create(),
    DoctorVerb.Create(),
    CompletionVerb.Create(),
};
return Tool.Run(root, args);
