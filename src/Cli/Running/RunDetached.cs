using Holdfast.Keeper.Client;
using Holdfast.Lab.Running;

namespace Holdfast.Cli.Running;

/// <summary>A run in a process of its own: the same command line again, with a variable that names the file it makes when the kernel is ready.</summary>
internal static class RunDetached
{
    private const string Variable = "HOLDFAST_RUN_READY";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Whether this process is the one that runs the notebook.</summary>
    public static bool IsThis => Surroundings.Variables.ContainsKey(Variable);

    /// <summary>The kernel is ready.</summary>
    public static void Ready()
    {
        if (Surroundings.Variables.GetValueOrDefault(Variable) is { } ready) File.WriteAllBytes(ready, []);
    }

    /// <summary>Starts the run and waits until its kernel is ready, or it has ended.</summary>
    public static async Task<int> StartAsync(RunPlan plan, CancellationToken cancellationToken)
    {
        var state = NotebookRun.StateOf(Surroundings.Home.StateFolder, plan.Output);
        var (log, ready) = ($"{state}.log", $"{state}.{Guid.NewGuid():N}.ready");
        File.Delete(log);
        var (run, error) = DetachedProgram.Start(
            [Environment.ProcessPath!, .. Environment.GetCommandLineArgs().Skip(1)], new Dictionary<string, string> { [Variable] = ready }, Environment.CurrentDirectory, log);
        if (run is null) return Output.Fail($"The run could not be started: {error}");
        while (run.ExitCode is null && !File.Exists(ready)) await Task.Delay(Look, cancellationToken);
        var isReady = File.Exists(ready);
        File.Delete(ready);
        if (!isReady)
        {
            Console.Error.Write(File.ReadAllText(log));
            return run.ExitCode ?? 1;
        }

        Console.WriteLine($"Runs in process {run.Id}, into {plan.Output}");
        Console.WriteLine($"'{Surroundings.Program} ls' shows it; what it says goes to {log}");
        return 0;
    }
}
