using Holdfast.Hub.People;

namespace Holdfast.Hub.Machines;

/// <summary>
/// All machines of the hub. What changes one writes the wish and returns; the machine's lane carries it out, one wish after the other, also one that a killed hub left.
/// Who calls sees and changes their own machines, an administrator all; another's is <c>not-found</c>.
/// </summary>
internal sealed partial class Fleet
{
    /// <summary>All machines that the caller may see, by name.</summary>
    public IReadOnlyList<MachineRecord> List(Caller caller) => throw new NotImplementedException();

    /// <summary>A machine by its name.</summary>
    public HubResult<MachineRecord> Find(Caller caller, string name) => throw new NotImplementedException();

    /// <summary>A machine by its name for the hub itself, whoever asks; null when there is none.</summary>
    public MachineRecord? Find(string name) => throw new NotImplementedException();

    /// <summary>Makes a machine; it is not started.</summary>
    public HubResult<MachineRecord> Create(Caller caller, MachineSpec spec) => throw new NotImplementedException();

    /// <summary>Changes what a machine that does not run is to be.</summary>
    public HubResult<MachineRecord> Change(Caller caller, string name, MachineSpec spec) => throw new NotImplementedException();

    /// <summary>Starts a machine; one that runs or starts already stays as it is.</summary>
    public HubResult<MachineRecord> Start(Caller caller, string name, StartWish wish) => throw new NotImplementedException();

    /// <summary>Stops a machine, at any point of its start too. Fault <c>would-lose</c> when something would be destroyed and that was not confirmed.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="name">The machine.</param>
    /// <param name="confirmed">Whether what is lost was said and confirmed.</param>
    /// <param name="cancellationToken">Gives up looking for what would be lost; once the wish is written it is carried out.</param>
    public Task<HubResult<MachineRecord>> StopAsync(Caller caller, string name, bool confirmed, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Stops and starts a machine, with a fresh ephemeral layer: as <see cref="StopAsync"/> it asks.</summary>
    public Task<HubResult<MachineRecord>> RestartAsync(Caller caller, string name, StartWish wish, bool confirmed, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Makes a machine like another one, with a copy of its notebooks folder. It is not started.</summary>
    public Task<HubResult<MachineRecord>> ForkAsync(Caller caller, string name, string newName, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Deletes a machine with its notebooks folder; a running one is stopped first. Its name must be said twice: <paramref name="confirm"/> is the name.</summary>
    public HubResult<MachineRecord> Delete(Caller caller, string name, string confirm) => throw new NotImplementedException();

    /// <summary>Completes with the machine as soon as <paramref name="condition"/> holds for it; deleted counts as a state.</summary>
    public Task<MachineRecord> WaitAsync(string id, Func<MachineRecord, bool> condition, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The machine as it is now and after each change, newest only: a slow reader skips. Ends after <see cref="MachineState.Deleted"/>.</summary>
    public IAsyncEnumerable<MachineRecord> WatchAsync(string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>The Unix socket of a machine's lab. It listens as long as the machine runs.</summary>
    public string LabSocketOf(MachineRecord machine) => throw new NotImplementedException();

    /// <summary>
    /// The Unix socket through which ports inside a machine are reached: a client writes the port in decimal and a line feed, reads a line, <c>ok</c> or why not, and is then
    /// connected to <c>localhost:PORT</c> inside.
    /// </summary>
    public string PortSocketOf(MachineRecord machine) => throw new NotImplementedException();
}

/// <summary>How a machine is to be started.</summary>
/// <param name="Type">With another type from now on; null for its own.</param>
/// <param name="Safe">Without hooks.</param>
public sealed record StartWish(string? Type = null, bool Safe = false);
