using System.Runtime.InteropServices;
using Holdfast.Cli.Lab;
using Holdfast.Keeper.Client;
using Holdfast.Lab;
using Holdfast.Lab.Running;
using Microsoft.Extensions.Logging;

namespace Holdfast.Cli.Running;

/// <summary>A run with its progress on the terminal. Ctrl-C ends it; closing the terminal does not.</summary>
internal static class RunInTerminal
{
    public static async Task<int> RunAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true);
        var (client, failure) = await KeeperClient.ConnectAsync(Surroundings.Home, TimeProvider.System, ended.Token);
        if (client is null) return Output.Fail(failure!.Message);
        await using var keeper = client;
        using var logs = LoggerFactory.Create(logging => logging.AddProvider(new LineLoggerProvider(verbose: false)));
        try
        {
            var started = await NotebookRun.StartAsync(keeper, plan, Options(plan.WorkingFolder), logs, TimeProvider.System, ended.Token);
            if (!started.Ok) return Output.Fail(started.Failure.Message);
            await using var run = started.Value;
            RunDetached.Ready();
            using var progress = new RunProgress(plan, run.CellCount, TimeProvider.System);
            return progress.End(await run.RunAsync(progress.Tell, ended.Token));
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ended.Cancel();
        }
    }

    /// <summary>The exit code of what a person has ended, as shells give it for SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>The exit code of a run whose kernel died.</summary>
    public const int KernelDied = 138;

    /// <summary>What a kernel without a lab needs of a lab's options.</summary>
    public static LabOptions Options(string root) => new()
    {
        Root = root,
        AssetsFolder = "",
        StateFolder = Surroundings.Home.StateFolder,
        Environment = Surroundings.Variables,
    };
}
