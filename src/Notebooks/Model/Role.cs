using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Model;

/// <summary>What a value is in a version 4 notebook; it decides which texts are joined and split and which keys are dropped.</summary>
internal enum Role
{
    Plain,
    Notebook,
    NotebookMetadata,
    Cells,
    Cell,
    CodeCell,
    CellMetadata,
    Attachments,
    Outputs,
    Output,
    DataOutput,
    StreamOutput,
    OtherOutput,
    MimeBundle,

    /// <summary>One text, stored as a list of lines.</summary>
    Lines,

    /// <summary>One text when it is stored as a list of strings, but not split into one (nbformat joins more than it splits).</summary>
    JoinedOnly,
}

/// <summary>The rules of nbformat's v4 rwbase: rejoin_lines, split_lines and strip_transient.</summary>
internal static class Roles
{
    /// <summary>A cell or output by its own type. Call it before asking for the roles of its members.</summary>
    public static Role Of(JsonTape tape, int node, Role role) => role switch
    {
        Role.Cell when tape.IsString(tape.Find(node, "cell_type"u8), "code"u8) => Role.CodeCell,
        Role.Output => OfOutput(tape, node),
        _ => role,
    };

    public static Role OfMember(Role container, ReadOnlySpan<byte> key) => container switch
    {
        Role.Notebook when key.SequenceEqual("metadata"u8) => Role.NotebookMetadata,
        Role.Notebook when key.SequenceEqual("cells"u8) => Role.Cells,
        Role.Cell or Role.CodeCell when key.SequenceEqual("source"u8) => Role.Lines,
        Role.Cell or Role.CodeCell when key.SequenceEqual("metadata"u8) => Role.CellMetadata,
        Role.Cell or Role.CodeCell when key.SequenceEqual("attachments"u8) => Role.Attachments,
        Role.CodeCell when key.SequenceEqual("outputs"u8) => Role.Outputs,
        Role.Attachments => Role.MimeBundle,
        Role.DataOutput when key.SequenceEqual("data"u8) => Role.MimeBundle,
        Role.StreamOutput when key.SequenceEqual("text"u8) => Role.Lines,
        Role.OtherOutput when key.SequenceEqual("text"u8) => Role.JoinedOnly,
        Role.MimeBundle => OfMime(key),
        _ => Role.Plain,
    };

    public static Role OfItem(Role container) => container switch
    {
        Role.Cells => Role.Cell,
        Role.Outputs => Role.Output,
        _ => Role.Plain,
    };

    /// <summary>Whether a key never reaches a file or a client.</summary>
    public static bool Drops(Role container, ReadOnlySpan<byte> key) => container switch
    {
        Role.NotebookMetadata => key.SequenceEqual("signature"u8) || key.SequenceEqual("orig_nbformat"u8)
            || key.SequenceEqual("orig_nbformat_minor"u8),
        Role.CellMetadata => key.SequenceEqual("trusted"u8),
        _ => false,
    };

    /// <summary>Whether a value is one text: its role says so and nothing but strings is in it.</summary>
    public static bool IsText(JsonTape tape, int node, Role role) =>
        role is Role.Lines or Role.JoinedOnly && JsonText.Is(tape, node);

    private static Role OfOutput(JsonTape tape, int node)
    {
        var type = tape.Find(node, "output_type"u8);
        if (tape.IsString(type, "execute_result"u8) || tape.IsString(type, "display_data"u8))
            return Role.DataOutput;
        if (tape.IsString(type, "stream"u8))
            return Role.StreamOutput;
        return type < 0 || tape.IsString(type, ""u8) ? Role.Plain : Role.OtherOutput;
    }

    private static Role OfMime(ReadOnlySpan<byte> mime)
    {
        if (mime.SequenceEqual("application/json"u8) || (mime.StartsWith("application/"u8) && mime.EndsWith("+json"u8)))
            return Role.Plain;
        return mime.StartsWith("text/"u8) || mime.SequenceEqual("application/javascript"u8) || mime.SequenceEqual("image/svg+xml"u8)
            ? Role.Lines
            : Role.JoinedOnly;
    }
}
