using System.CommandLine;
using SharedObjects.Cli.Shell;
using SharedObjects.Cli.Verbs;

var root = new RootCommand("See, measure, write and repair the shared objects of this machine.")
{
    ListVerb.Create(),
    InfoVerb.Create(),
    EchoVerb.Create(),
    CreateVerb.Create(),
    AssignVerb.Create(),
    TriggerVerb.Create(),
    RemoveVerb.Create(),
};
return Tool.Run(root, args);
