using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Holdfast.Kernels;

namespace Holdfast.Cli.Outputs;

/// <summary>Saves what displays show as files: <c>0001-CELL.png</c>. A display in several formats has one number.</summary>
internal sealed class PictureFolder(string folder)
{
    private static readonly Dictionary<string, string> Extensions = new()
    {
        ["image/png"] = "png",
        ["image/jpeg"] = "jpg",
        ["image/svg+xml"] = "svg",
        ["text/html"] = "html",
    };

    private int _displays;

    public string Folder => folder;

    /// <summary>How many files there are.</summary>
    public int Count { get; private set; }

    /// <summary>Makes the folder; null when it is there and empty, else what is wrong and the mend.</summary>
    public string? Prepare()
    {
        try
        {
            return Directory.CreateDirectory(folder).EnumerateFileSystemInfos().Any() ? $"{folder} is not empty; name a new folder, so that no file is replaced." : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{folder} cannot be used: {e.Message}";
        }
    }

    /// <summary>Saves the pictures of a message; one without any is passed over, and so is what cannot be read.</summary>
    public void Save(Execution execution, string messageType, in KernelMessage message)
    {
        if (messageType is not ("display_data" or "execute_result" or "update_display_data")) return;
        var name = "";
        try
        {
            var reader = new Utf8JsonReader(message.Content.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject || !MessageText.Find(ref reader, "data"u8) || reader.TokenType != JsonTokenType.StartObject) return;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var type = reader.GetString()!;
                reader.Read();
                if (Extensions.TryGetValue(type, out var extension) && Content(ref reader, extension) is { } content)
                {
                    if (name.Length == 0) name = NameOf(++_displays, execution.Cell);
                    using var file = File.Create(Path.Combine(folder, $"{name}.{extension}"));
                    content.WriteTo(file);
                    Count++;
                }

                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Its text is said to be unreadable where it is printed.
        }
    }

    private static string NameOf(int number, string? cell) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:0000}") + (cell is { Length: > 0 and <= 64 } && cell.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? $"-{cell}" : "");

    /// <summary>The bytes of a file; null when the value is not what its type says.</summary>
    private static MemoryStream? Content(ref Utf8JsonReader reader, string extension)
    {
        var content = new MemoryStream();
        if (!MessageText.WriteTexts(ref reader, ""u8, content)) return null;
        if (extension is "svg" or "html") return content;
        if (Base64.DecodeFromUtf8InPlace(content.GetBuffer().AsSpan(0, (int)content.Length), out var length) != OperationStatus.Done) return null;
        content.SetLength(length);
        return content;
    }
}
