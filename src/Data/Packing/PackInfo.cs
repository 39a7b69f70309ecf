using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Data;

/// <summary>What an image is called in a pack.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PackKey>))]
public enum PackKey
{
    /// <summary>The name of its file, as in the tables of competitions.</summary>
    [JsonStringEnumMemberName("name")] Name,

    /// <summary>Its path from the packed folder.</summary>
    [JsonStringEnumMemberName("path")] Path,
}

/// <summary>A file that is not in the pack, and why.</summary>
/// <param name="Path">From the packed folder.</param>
/// <param name="Reason">Part of a sentence.</param>
public sealed record LeftOutImage(string Path, string Reason);

/// <summary><c>pack.json</c>: what a pack is. Its being there says that the files beside it belong together.</summary>
public sealed record PackInfo
{
    /// <summary>The version of the format that this program writes and reads.</summary>
    public const int Format = 1;

    /// <summary>The format.</summary>
    public int Version { get; init; } = Format;

    /// <summary>How many images.</summary>
    public required int Count { get; init; }

    /// <summary>Rows of each.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of each.</summary>
    public required int Width { get; init; }

    /// <summary>What became of other shapes.</summary>
    public required PackMethod Method { get; init; }

    /// <summary>How pixels were made of pixels.</summary>
    public required PackFilter Filter { get; init; }

    /// <summary>How keys are made.</summary>
    public required PackKey Key { get; init; }

    /// <summary>Where labels come from.</summary>
    public required string Labels { get; init; }

    /// <summary>The folder that was packed, as a whole path.</summary>
    public required string Source { get; init; }

    /// <summary>The mean of each channel over all pixels, from 0 to 1.</summary>
    public required IReadOnlyList<double> Mean { get; init; }

    /// <summary>The standard deviation of each channel over all pixels, from 0 to 1.</summary>
    public required IReadOnlyList<double> Std { get; init; }

    /// <summary>The files that could not be decoded.</summary>
    public required IReadOnlyList<LeftOutImage> LeftOut { get; init; }

    /// <summary>The shape of its images.</summary>
    [JsonIgnore]
    public PackShape Shape => new(Height, Width, Method, Filter);

    internal byte[] ToJson()
    {
        var content = new MemoryStream();
        using (var json = new Utf8JsonWriter(content, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) JsonSerializer.Serialize(json, this, DataJson.Default.PackInfo);
        content.WriteByte((byte)'\n');
        return content.ToArray();
    }

    internal static PackInfo? FromJson(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, DataJson.Default.PackInfo);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PackInfo))]
internal sealed partial class DataJson : JsonSerializerContext;
