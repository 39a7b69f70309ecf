using System.Security.Cryptography;
using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks.Trust;

/// <summary>
/// The signature that nbformat's notary computes of a notebook (nbformat/sign.py): HMAC-SHA256 over every key and value of what nbformat
/// reads, without marks between them, each object's keys by code point, values as Python's <c>str</c> has them.
/// </summary>
public static class NotebookSignature
{
    /// <summary>
    /// 64 hexadecimal digits; null for version 2, which nbformat never signs. A version 3 notebook counts as it stands, not as its upgrade:
    /// nbformat's upgrade gives cells random ids.
    /// </summary>
    public static string? Of(NotebookDocument document, ReadOnlySpan<byte> secret)
    {
        ArgumentNullException.ThrowIfNull(document);
        if (document.Major < 3)
            return null;
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        var sink = new ByteSink(hmac.AppendData);
        var values = new PythonValues(sink);
        if (document.Major == 3)
            new Version3Values(sink, values).Write(document);
        else
            Write(document, sink, values);
        sink.Flush();
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    // Cell by cell, so that nodes are in memory for one cell at a time.
    private static void Write(NotebookDocument document, ByteSink sink, PythonValues values)
    {
        var scratch = new JsonTape();
        foreach (var key in document.Tape.SortedKeys(0))
        {
            var name = document.Tape.Name(key);
            sink.Write(name);
            if (name.SequenceEqual("cells"u8))
            {
                foreach (var cell in document.Cells)
                    values.Write(scratch.Load(cell.Json), 0, Role.Cell);
            }
            else
            {
                values.Write(scratch.Load(document.Tape.Slice(key + 1)), 0, Roles.OfMember(Role.Notebook, name));
            }
        }
    }
}
