using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Notebooks;
using Holdfast.Sqlite;
using Microsoft.Data.Sqlite;

namespace Holdfast.History.Tests;

/// <summary>A state folder and a folder of notebooks of one test, removed at its end.</summary>
internal sealed class Place : IDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public string Folder { get; } = Directory.CreateTempSubdirectory("holdfast-history-").FullName;

    public string State => Path.Combine(Folder, "state");

    public string Notebook => Path.Combine(Folder, "a.ipynb");

    public HistoryStore Open() => HistoryStore.Open(State);

    /// <summary>What a statement says of the database as it is now.</summary>
    public long Number(string sql)
    {
        using var connection = SystemSqlite.Open(HistoryStore.FileOf(State), SqliteOpenMode.ReadWrite, 5);
        using var command = new SqliteCommand(sql, connection);
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public long Chunks => Number("SELECT count(*) FROM chunk");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>A notebook in the style of nbformat, with a text of some length as each cell's output where it is not empty.</summary>
    public static byte[] Notebook4(params (string Id, string Source, string Output)[] cells)
    {
        var list = cells.Select(cell => new JsonObject
        {
            ["cell_type"] = "code",
            ["execution_count"] = cell.Output.Length > 0 ? 1 : null,
            ["id"] = cell.Id,
            ["metadata"] = new JsonObject(),
            ["outputs"] = cell.Output.Length > 0 ? new JsonArray(new JsonObject { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = new JsonArray(cell.Output) }) : [],
            ["source"] = new JsonArray(cell.Source),
        });
        var notebook = new JsonObject { ["cells"] = new JsonArray([.. list]), ["metadata"] = new JsonObject(), ["nbformat"] = 4, ["nbformat_minor"] = 5 };
        return Encoding.UTF8.GetBytes(notebook.ToJsonString(new JsonSerializerOptions { WriteIndented = true, IndentSize = 1 }) + "\n");
    }

    public static NotebookDocument Document(ReadOnlyMemory<byte> bytes)
    {
        Assert.True(NotebookDocument.Parse(bytes).TryGet(out var document, out var fault), fault?.Message);
        return document;
    }

    /// <summary>Letters without a pattern, the same for the same seed.</summary>
    public static string Noise(int seed, int length)
    {
        var random = new Random(seed);
        return string.Create(length, random, static (text, random) =>
        {
            for (var each = 0; each < text.Length; each++)
                text[each] = (char)random.Next('a', 'z' + 1);
        });
    }
}
