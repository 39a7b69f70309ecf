using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Cleaning;

/// <summary>How a cell asks to keep its outputs: by a tag or, as nbstripout reads it, by metadata.</summary>
internal static class CleanTags
{
    public const string KeepOutput = "keep_output";

    public static bool KeepsOutput(JsonTape tape, int cell)
    {
        var metadata = tape.Find(cell, "metadata"u8);
        if (metadata < 0)
            return false;
        var mark = tape.Find(metadata, "keep_output"u8);
        var tags = tape.Find(metadata, "tags"u8);
        return (mark >= 0 && tape[mark].Kind == JsonKind.True)
            || (tags >= 0 && tape[tags].Kind == JsonKind.Array && tape.Items(tags).Any(tag => tape.IsString(tag, "keep_output"u8)));
    }
}
