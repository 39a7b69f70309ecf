using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks.Trust;

/// <summary>Writes keys and values one behind the other, as a signature is computed over them. Whether a text is a list of lines makes no difference to it.</summary>
internal sealed class PythonValues(ByteSink sink)
{
    /// <summary>Writes a value. Of its role only the keys matter that never reach a file.</summary>
    public void Write(JsonTape tape, int node, Role role)
    {
        switch (tape[node].Kind)
        {
            case JsonKind.Object:
                foreach (var key in tape.SortedKeys(node))
                {
                    var name = tape.Name(key);
                    if (Roles.Drops(role, name))
                        continue;
                    sink.Write(name);
                    Write(tape, key + 1, Roles.OfMember(role, name));
                }
                break;
            case JsonKind.Array:
                for (var item = node + 1; item < tape[node].Next; item = tape[item].Next)
                    Write(tape, item, Role.Plain);
                break;
            case JsonKind.String when !tape[node].Escaped:
                sink.Write(tape.Inner(node));
                break;
            case JsonKind.String:
                var text = new JsonText(tape, node);
                while (text.Read(out var piece))
                    sink.Write(piece);
                break;
            case JsonKind.Number when tape.Raw(node).IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0 && JsonNumbers.Overflows(tape.Raw(node)):
                sink.Write(tape.Raw(node)[0] == '-' ? "-inf"u8 : "inf"u8);
                break;
            case JsonKind.Number:
                JsonNumbers.Write(sink, tape.Raw(node));
                break;
            default:
                sink.Write(Constant(tape.Raw(node)));
                break;
        }
    }

    private static ReadOnlySpan<byte> Constant(ReadOnlySpan<byte> token) => token[0] switch
    {
        (byte)'t' => "True"u8,
        (byte)'f' => "False"u8,
        (byte)'n' => "None"u8,
        (byte)'N' => "nan"u8,
        (byte)'I' => "inf"u8,
        _ => "-inf"u8,
    };
}
