using System;
using System.Collections.Generic;
using System.CommandLine;
using SharedObjects.Cli.Shell;
using SharedObjects.Cli.Verbs;

var verbs = new Dictionary<string, Func<Verb>>(StringComparer.Ordinal)
{
    ["list"] = ListVerb.Create,
    ["info"] = InfoVerb.Create,
    ["echo"] = EchoVerb.Create,
    ["hz"] = RateVerb.Create,
    ["bw"] = BandwidthVerb.Create,
    ["delay"] = DelayVerb.Create,
    ["top"] = TopVerb.Create,
    ["image"] = ImageVerb.Create,
    ["plot"] = PlotVerb.Create,
    ["create"] = CreateVerb.Create,
    ["assign"] = AssignVerb.Create,
    ["trigger"] = TriggerVerb.Create,
    ["dump"] = DumpVerb.Create,
    ["restore"] = RestoreVerb.Create,
    ["rm"] = RemoveVerb.Create,
    ["clean"] = CleanVerb.Create,
    ["bridge"] = BridgeVerb.Create,
    ["doctor"] = DoctorVerb.Create,
    ["completion"] = CompletionVerb.Create,
};
var root = new RootCommand("See, measure, write and repair the shared objects of this machine.");

// Only the verb that is named, if one is: defining all of them takes longer than what most of them do.
IEnumerable<Func<Verb>> chosen = args.Length > 0 && verbs.TryGetValue(args[0], out Func<Verb>? named) ? [named] : verbs.Values;
foreach (Func<Verb> create in chosen)
{
    root.Add(create());
}

return Tool.Run(root, args);
