using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Hub.Database;
using Microsoft.Data.Sqlite;

namespace Holdfast.Hub.Machines;

/// <summary>The machines as they are kept: each with what is wanted of it, which is what a hub that comes back goes by.</summary>
internal sealed class MachineStore(HubDatabase database)
{
    private const int SqliteConstraint = 19;

    public IReadOnlyList<(MachineRecord Record, WantedState Wanted)> All() => database.Query(
        "SELECT record, wanted FROM machines ORDER BY name",
        row => (JsonSerializer.Deserialize(row.GetString(0), MachineJson.Default.MachineRecord)!, Enum.Parse<WantedState>(row.GetString(1))));

    /// <summary>Whether it was added: no when the name is another one's.</summary>
    public bool TryAdd(MachineRecord record)
    {
        try
        {
            database.Execute("INSERT INTO machines (id, name, owner, wanted, record) VALUES ($id, $name, $owner, $wanted, $record)",
                ("$id", record.Id), ("$name", record.Spec.Name), ("$owner", record.Owner), ("$wanted", nameof(WantedState.Stopped)), ("$record", Json(record)));
            return true;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SqliteConstraint)
        {
            return false;
        }
    }

    public void Write(MachineRecord record) =>
        database.Execute("UPDATE machines SET record = $record WHERE id = $id", ("$id", record.Id), ("$record", Json(record)));

    public void Want(string id, WantedState wanted) =>
        database.Execute("UPDATE machines SET wanted = $wanted WHERE id = $id", ("$id", id), ("$wanted", wanted.ToString()));

    public void Remove(string id) => database.Execute("DELETE FROM machines WHERE id = $id", ("$id", id));

    private static string Json(MachineRecord record) => JsonSerializer.Serialize(record, MachineJson.Default.MachineRecord);
}

/// <summary>What is wanted of a machine.</summary>
internal enum WantedState
{
    Stopped,
    Running,
    Deleted,
}

[JsonSerializable(typeof(MachineRecord))]
internal sealed partial class MachineJson : JsonSerializerContext;
