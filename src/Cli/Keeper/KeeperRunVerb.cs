using System.CommandLine;
using System.Runtime.InteropServices;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Host;

namespace Holdfast.Cli.Keeper;

/// <summary><c>holdfast keeper run</c>: be the keeper.</summary>
internal static class KeeperRunVerb
{
    public static Command Create()
    {
        var state = new Option<string?>("--state") { Description = "The state folder. Default HOLDFAST_STATE, else ~/.local/state/holdfast.", HelpName = "DIR" };
        var command = new Command("run", "Be the keeper. A lab starts one when it needs it; run it by hand under a service manager.") { state };
        command.SetAction(async (parse, _) =>
        {
            var home = Surroundings.Home;
            if (parse.GetValue(state) is { } folder) home = home with { StateFolder = Path.GetFullPath(folder) };
            if (KeeperContact.SocketProblem(home) is { } problem) return Output.Fail(problem);
            // A closed shell or Ctrl-C in it is not meant for the keeper.
            using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
            var limits = RetentionLimits.FromEnvironment(Surroundings.Variables, out var notUnderstood);
            if (notUnderstood is not null) Console.Error.WriteLine($"holdfast: {notUnderstood}");
            return await new KeeperHost(home, TimeProvider.System, new LineLogger(Console.Out, TimeProvider.System), limits).RunAsync();
        });
        return command;
    }
}
