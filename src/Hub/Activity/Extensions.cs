using Holdfast.Hub.Database;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Activity;

/// <summary>Until when people have said that a machine is not to be stopped. Only of the run that it was said of.</summary>
internal sealed class Extensions(HubDatabase database)
{
    /// <summary>Until when; null when nobody has said anything.</summary>
    public DateTimeOffset? Of(MachineRecord machine) =>
        database.Value("SELECT until FROM extensions WHERE machine = $machine AND run = $run", ("$machine", machine.Id), ("$run", machine.Run)) is long until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null;

    public void Write(MachineRecord machine, DateTimeOffset until) => database.Execute("INSERT OR REPLACE INTO extensions VALUES ($machine, $run, $until)",
        ("$machine", machine.Id), ("$run", machine.Run), ("$until", until.ToUnixTimeMilliseconds()));
}
