using Holdfast.Hub.Hooks;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Loss;

namespace Holdfast.Hub.Machines;

/// <summary>Which hooks a start runs: the team's only with a content that was approved, and none in a safe start.</summary>
internal sealed class MachineHooks(HubOptions options, HookApprovals approvals, HomeSnapshots snapshots)
{
    /// <summary>Why hooks are not run in a safe start.</summary>
    public const string SafeStart = "a safe start was asked for";

    private const string TeamCopy = "pre-run.sh";
    private const long LargestHook = 1 << 20;

    /// <summary>The hooks that there are, in the order in which they run, and what was done before for safety's sake.</summary>
    /// <param name="machine">Whose.</param>
    /// <param name="places">Where the volumes are, for the machine.</param>
    /// <param name="safe">Whether none is to run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(IReadOnlyList<HookOrder> Orders, string? Note)> PlanAsync(MachineRecord machine, MachinePlaces places, bool safe, CancellationToken cancellationToken)
    {
        var orders = new List<HookOrder>();
        var texts = new List<(string Name, string Text)>();
        Add("team", options.Folders.Storage, "pre-run.sh", places.Storage);
        Add("home", options.Folders.HomeOf(machine.Owner), ".holdfast/pre-run.sh", places.Home);
        Add("notebooks", options.Folders.NotebooksOf(machine.Id), "pre-run.sh", places.Notebooks);
        var note = texts.Count == 0 ? null : await snapshots.BeforeAsync(machine.Owner, texts, cancellationToken);
        return (orders, note);

        void Add(string name, string volume, string path, string seen)
        {
            var script = Path.Combine(seen, path);
            if (Read(volume, path) is not { } text) return;
            var skipped = safe ? SafeStart
                : text.Length > LargestHook ? "it is larger than 1 MB"
                : name == "team" && !approvals.IsApproved(text) ? "no administrator has approved this content (holdfast hook approve)"
                : null;
            var file = script;
            if (skipped is null && name == "team")
            {
                // What was approved is what runs: everybody's machine can write the volume until the very moment.
                using (var copy = new StreamWriter(Path.Combine(options.MeetingOf(machine), TeamCopy), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write })) copy.Write(text);
                file = Path.Combine(places.Meeting, TeamCopy);
            }
            orders.Add(new HookOrder(name, script, file, skipped));
            if (skipped is null) texts.Add((name, text));
        }
    }

    /// <summary>The text of a hook; null when there is none, empty for a link: inside of the machine that leads elsewhere than here. A pipe is none.</summary>
    private static string? Read(string volume, string path)
    {
        using var tree = new ForeignTree(volume);
        return tree.Status($"/{path}") switch
        {
            { IsLink: true } => "",
            { IsFile: true, Size: > LargestHook } => new string(' ', (int)LargestHook + 1),
            { IsFile: true } => tree.ReadText($"/{path}", (int)LargestHook),
            _ => null,
        };
    }
}
