using System.CommandLine;
using Holdfast.Cli;
using Holdfast.Cli.Data;
using Holdfast.Cli.Doctor;
using Holdfast.Cli.History;
using Holdfast.Cli.Hub;
using Holdfast.Cli.Inside;
using Holdfast.Cli.Keeper;
using Holdfast.Cli.Lab;
using Holdfast.Cli.Notebooks;
using Holdfast.Cli.Outputs;
using Holdfast.Cli.Running;
using Holdfast.Cli.Terminals;

var root = new RootCommand("Holdfast: a workspace for machine-learning notebooks in which nothing you do is lost.")
{
    LabVerb.Create(),
    LsVerb.Create(),
    OutputsVerb.Create(),
    HistoryVerb.Create(),
    TermVerb.Create(),
    AttachVerb.Create(),
    KeeperVerb.Create(),
    HubVerb.Create(),
    MachineVerb.Create(),
    PortVerb.Create(),
    DesktopVerb.Create(),
    SshVerb.Create(),
    SshVerb.CreateProxy(),
    SshDoorVerb.Create(),
    MoshVerb.Create(),
    KeyVerb.Create(),
    JobVerb.Create(),
    SweepVerb.Create(),
    RunsVerb.Create(),
    RecipeVerb.Create(),
    ImageVerb.Create(),
    EnvVerb.Create(),
    HookVerb.Create(),
    StorageVerb.Create(),
    SecretVerb.Create(),
    TokenVerb.Create(),
    PeopleVerb.Create(),
    CostVerb.Create(),
    EventsVerb.Create(),
    LoginVerb.Create(),
    LoginVerb.CreateLogout(),
    LoginVerb.CreateWhoami(),
    ServiceVerb.Create(),
    NbVerb.Create(),
    DataVerb.Create(),
    ConfigVerb.Create(),
    DoctorVerb.Create(),
    CompletionVerb.Create(),
    InsideVerb.Create(),
};
root.Add(HelpVerb.Create(root));
root.Add(VersionVerb.Create(root));
HelpText.Use(root);
var parse = root.Parse(RunParameters.Joined(args));
if (Usage.Answer(parse) is { } answered) return answered;
try
{
    return await parse.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
}
catch (IOException e) when (e.HResult == StandardOutput.ReaderGone)
{
    // As in 'holdfast outputs X | head': the reader has what it wanted.
    return 0;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    return Output.Fail(e.Message);
}
