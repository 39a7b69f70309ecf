using System.CommandLine;
using Holdfast.Cli;
using Holdfast.Cli.Doctor;
using Holdfast.Cli.Keeper;
using Holdfast.Cli.Lab;
using Holdfast.Cli.Notebooks;
using Holdfast.Cli.Outputs;

var root = new RootCommand("Holdfast: a workspace for machine-learning notebooks in which nothing you do is lost.")
{
    LabVerb.Create(),
    LsVerb.Create(),
    OutputsVerb.Create(),
    KeeperVerb.Create(),
    NbVerb.Create(),
    DoctorVerb.Create(),
};
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
