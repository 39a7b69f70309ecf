using Holdfast.Hub.Loss;

namespace Holdfast.Hub.Inside;

/// <summary>What the first process of a machine does before its lab: puts home and links right, clones, runs hooks. It writes down each step, and goes on whatever fails.</summary>
public sealed class StartSequence(string meeting, StartOrders orders, TimeProvider time)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly StartProgress _progress = StartProgress.Begin(meeting, time);
    private readonly string _logs = Path.Combine(orders.State, "start");

    /// <summary>Runs it, or, for a lab that comes back, only exports what hooks have exported; the step <c>lab</c> has begun then.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (Meeting.ReadReport(meeting)?.Steps.Any(step => step.Name == "lab") == true)
        {
            HookRun.ExportAgain(_logs, orders.Hooks);
            return;
        }
        Directory.CreateDirectory(_logs, OwnerOnly);
        foreach (var left in Directory.EnumerateFiles(_logs, $"*{HookRun.Exported}")) File.Delete(left);

        // 1. Home, kept paths; what is installed now is what a loss list is told apart from.
        if (orders.HasOwnRoot)
        {
            await StepAsync("home", () =>
            {
                _progress.Note(ImageHome.Take(orders.Home));
                var installed = Path.Combine(orders.State, InsideFolders.PackagesBefore);
                if (!orders.HasKeptLayer || !File.Exists(installed)) PackageList.Remember("/", orders.Home, installed);
                _progress.Note(InsideKeep.Restore(orders.Kept));
                return Task.FromResult<string?>(null);
            });
        }

        // 2. The repository, at the first start.
        if (orders.Git is { } address && !Directory.EnumerateFileSystemEntries(orders.Notebooks).Any())
        {
            await StepAsync("git", async () =>
            {
                var problem = await Repository.CloneAsync(address, orders.Notebooks, Path.Combine(_logs, "git.log"), cancellationToken);
                if (problem is not null) _progress.Note([problem]);
                return problem;
            });
        }

        // 3. Hooks, until one fails: those that follow may need what it was to do.
        foreach (var hook in orders.Hooks)
        {
            var asked = _progress.FailedHook is { } earlier ? hook with { Skipped = hook.Skipped ?? $"{earlier.Script} failed" } : hook;
            await StepAsync($"hook {hook.Name}", async () =>
            {
                var outcome = await HookRun.RunAsync(asked, _logs, orders.HookTimeout, time, cancellationToken);
                _progress.Hook(outcome);
                return outcome.Skipped is { } why ? $"not run: {why}" : outcome.Failed ? Hooks.HookWords.Of(outcome) : null;
            });
        }
        _progress.Step("lab");
    }

    private async Task StepAsync(string name, Func<Task<string?>> work)
    {
        _progress.Step(name);
        string? detail;
        try
        {
            detail = await work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            detail = e.Message;
            _progress.Note([$"{name}: {e.Message}"]);
        }
        _progress.End(detail);
    }
}
