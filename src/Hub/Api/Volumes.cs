using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Settings;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Api;

/// <summary>The volumes by name: <c>storage</c>, <c>home/PERSON</c>, <c>notebooks/MACHINE</c>.</summary>
internal sealed class Volumes(HubFolders folders, Fleet fleet, Persons persons, VolumeUsage usage)
{
    /// <summary>Those that somebody may see: the team's, their own, an administrator all.</summary>
    public IEnumerable<VolumeView> Of(Caller caller) => Folders(caller).Select(volume => new VolumeView(volume.Name, usage.Of(volume.Folder)));

    /// <summary>A volume's folder on this host.</summary>
    public HubResult<string> Find(Caller caller, string? name) =>
        Folders(caller).FirstOrDefault(volume => volume.Name == name).Folder is { } folder
            ? folder
            : new HubFault("not-found", $"There is no volume '{name}'.{NearestName.Hint(name ?? "", Folders(caller).Select(volume => volume.Name))} 'holdfast storage du' lists them.");

    private IEnumerable<(string Name, string Folder)> Folders(Caller caller)
    {
        yield return ("storage", folders.Storage);
        foreach (var person in caller.IsAdmin ? persons.List().Select(person => person.Name) : [caller.Name]) yield return ($"home/{person}", folders.HomeOf(person));
        foreach (var machine in fleet.List(caller)) yield return ($"notebooks/{machine.Spec.Name}", folders.NotebooksOf(machine.Id));
    }
}
