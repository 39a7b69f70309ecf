using Holdfast.Engines.Contract;
using Holdfast.Hub.Loss;

namespace Holdfast.Hub.Machines;

/// <summary>Where a machine sees what is its own: by fixed paths, or, where an engine makes no mounts, by those of this host.</summary>
/// <param name="Storage">The team's storage.</param>
/// <param name="Notebooks">Its notebooks folder.</param>
/// <param name="Home">Its owner's home.</param>
/// <param name="State">What its lab and keeper keep.</param>
/// <param name="Meeting">Where it meets the hub.</param>
/// <param name="Program">The folder of our program.</param>
internal sealed record MachinePlaces(string Storage, string Notebooks, string Home, string State, string Meeting, string Program)
{
    public static MachinePlaces Of(MachineRecord machine, HubOptions options, IEngine engine)
    {
        var folders = options.Folders;
        return engine.HasOwnRoots
            ? new("/storage", "/notebooks", InsideFolders.HomeOf(machine), InsideFolders.State, Inside.Meeting.Folder, Inside.Surroundings.ProgramPlace)
            : new(folders.Storage, folders.NotebooksOf(machine.Id), folders.HomeOf(machine.Owner), folders.StateOf(machine.Id), options.MeetingOf(machine), options.ProgramFolder);
    }

    /// <summary>The mounts, each folder made.</summary>
    public IReadOnlyList<WorkloadMount> Mounts(MachineRecord machine, HubOptions options)
    {
        var folders = options.Folders;
        return
        [
            new(HubFolders.Make(folders.Storage), Storage),
            new(HubFolders.Make(folders.NotebooksOf(machine.Id)), Notebooks),
            new(HubFolders.Make(folders.HomeOf(machine.Owner)), Home),
            new(HubFolders.Make(folders.StateOf(machine.Id)), State),
            new(HubFolders.Make(folders.KeptOf(machine.Id)), InsideFolders.Kept),
            new(HubFolders.Make(options.MeetingOf(machine)), Meeting),
            new(options.ProgramFolder, Program, IsReadOnly: true),
        ];
    }
}
