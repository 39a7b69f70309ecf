using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Journal;

/// <summary>One line of a journal's <c>let-go.jsonl</c>: what retention deleted, so that a reader can say why it is not there.</summary>
/// <param name="Segment">The file's name.</param>
/// <param name="From">The first number it could hold.</param>
/// <param name="To">The last number it could hold.</param>
/// <param name="Bytes">The file's length.</param>
/// <param name="When">When it was deleted.</param>
/// <param name="Why">Which rule let it go, for people.</param>
internal sealed record LetGo(string Segment, long From, long To, long Bytes, DateTimeOffset When, string Why)
{
    public const string FileName = "let-go.jsonl";

    public byte[] ToLine() => [.. JsonSerializer.SerializeToUtf8Bytes(this, LetGoJson.Default.LetGo), (byte)'\n'];

    /// <summary>All lines of a folder, oldest first. A line that was cut off by a power cut is passed over: its segment was not deleted yet.</summary>
    public static List<LetGo> ReadAll(string folder)
    {
        List<LetGo> all = [];
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return all;
        foreach (var line in File.ReadLines(path))
        {
            try
            {
                if (JsonSerializer.Deserialize(line, LetGoJson.Default.LetGo) is { } gone) all.Add(gone);
            }
            catch (JsonException)
            {
            }
        }
        all.Sort((a, b) => a.From.CompareTo(b.From));
        return all;
    }

    /// <summary>The last number that was let go; 0 when nothing was.</summary>
    public static long LastOf(string folder) => ReadAll(folder) is [.., var last] ? last.To : 0;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LetGo))]
internal sealed partial class LetGoJson : JsonSerializerContext;
