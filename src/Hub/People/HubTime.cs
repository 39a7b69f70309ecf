using Microsoft.Data.Sqlite;

namespace Holdfast.Hub.People;

/// <summary>Times in the database: milliseconds since 1970.</summary>
internal static class HubTime
{
    public static DateTimeOffset Read(SqliteDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? ReadOptional(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : Read(row, column);
}
