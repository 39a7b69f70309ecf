using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Recording;
using Holdfast.Lab.Running;
using Holdfast.Lab.Runs;

namespace Holdfast.Lab.Activity;

/// <summary>What goes on in this machine.</summary>
/// <param name="Time">When it was looked.</param>
/// <param name="LastInput">When a person last did something; null when nobody has since the lab was started.</param>
/// <param name="Busy">What is at work.</param>
/// <param name="Processes">What all processes use.</param>
internal sealed record LabWork(DateTimeOffset Time, DateTimeOffset? LastInput, IReadOnlyList<BusyThing> Busy, ProcessLook Processes);

/// <summary>Looks what of this machine is at work. A connected page is not, nor is a kernel that waits for an answer to <c>input()</c>, nor a shell that waits for its user. Safe for concurrent calls.</summary>
internal sealed class ActivityLook(KeeperClient keeper, Recorder recorder, MachineProcesses processes, LabInput input, TimeProvider time)
{
    /// <summary>So long after its last message a run that nobody's page drives is still at work: between two cells it is idle for a moment.</summary>
    private static readonly TimeSpan BetweenCells = TimeSpan.FromMinutes(1);

    /// <summary>Programs that run as long as somebody has them open, and wait: what they have started has a terminal of its own. Shells are among them when they were given no script.</summary>
    private static readonly string[] Waiting = ["tmux", "tmux:", "screen"], Shells = ["sh", "bash", "dash", "zsh", "fish", "ksh", "csh", "tcsh", "su"];

    private readonly Lock _gate = new();
    private HashSet<string> _asking = [];

    public LabWork Take()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var busy = new List<BusyThing>();

            // 1. Kernels. One that begins to ask has just become somebody's turn.
            var asking = new HashSet<string>();
            foreach (var kernel in keeper.Kernels)
            {
                if (recorder.Asks(kernel.Id))
                    asking.Add(kernel.Id);
                else if (Of(kernel, now) is { } thing)
                    busy.Add(thing);
            }
            if (!asking.IsSubsetOf(_asking))
                input.Note();
            _asking = asking;

            // 2. Terminals: the keeper's, and those that others have opened in this machine.
            var look = processes.Look();
            var own = keeper.Terminals.ToDictionary(terminal => terminal.ProcessId ?? 0);
            foreach (var terminal in own.Values.Where(terminal => terminal is { IsCommand: true, Ended: null }))
                busy.Add(new BusyThing("command", TerminalRun.IdPrefix + terminal.Name, string.Join(' ', terminal.Argv), terminal.Started));
            foreach (var shell in look.Shells)
            {
                var terminal = own.GetValueOrDefault(shell);
                if (terminal is not { IsCommand: true } && ForegroundCommand.Of(shell) is { } command && !Waits(command.Text))
                    busy.Add(new BusyThing("terminal", terminal is null ? null : TerminalRun.IdPrefix + terminal.Name, command.Text, command.Started));
            }

            // 3. What was typed.
            var typed = look.Shells.Select(MachineProcesses.LastTyped).Append(input.Last).Max();
            return new LabWork(now, typed, [.. busy.OrderBy(thing => thing.Since)], look);
        }
    }

    private static BusyThing? Of(KernelRecord kernel, DateTimeOffset now)
    {
        var run = kernel.Sessions.FirstOrDefault(session => session.Name == NotebookRun.SessionName);
        var isBusy = kernel.BusySince is not null || (run is not null && kernel.ExecutionState != "dead" && now - kernel.LastActivity < BetweenCells);
        return isBusy ? new BusyThing(run is null ? "kernel" : "run", kernel.Id, (run ?? (kernel.Sessions is [var first, ..] ? first : null))?.Path ?? kernel.DisplayName, kernel.BusySince ?? kernel.Started) : null;
    }

    private static bool Waits(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var program = words.Length == 0 ? "" : Path.GetFileName(words[0].TrimStart('-'));
        return Waiting.Contains(program) || (Shells.Contains(program) && words.Skip(1).All(word => word.StartsWith('-') && !word.StartsWith("-c", StringComparison.Ordinal)));
    }
}
