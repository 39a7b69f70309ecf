using System.Buffers;
using System.CommandLine;
using Holdfast.Notebooks;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb cat</c>: reads a notebook and writes it again; what comes out is what went in, byte for byte.</summary>
internal static class CatVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The notebook, or - for standard input." };
        var command = new Command("cat", "Read a notebook and write it to stdout, byte for byte as it was. A file that is no notebook is an error that names line and column.") { file };
        command.SetAction(parse => Run(parse.GetValue(file)!));
        return command;
    }

    private static int Run(string path)
    {
        if (!NotebookFile.TryRead(path, out var bytes, out var error)) return Output.Fail(error);
        var parsed = NotebookDocument.Parse(bytes);
        if (parsed.Document is not { } document) return Output.Fail(Text(path, parsed.Fault!));

        var written = new ArrayBufferWriter<byte>(bytes.Length);
        document.WriteTo(written);
        using var stdout = new StandardOutput();
        stdout.Write(written.WrittenSpan);
        return 0;
    }

    /// <summary>The fault behind its place as compilers write it; the message's own words for the place would say it twice.</summary>
    private static string Text(string path, NotebookFault fault)
    {
        var place = $"Line {fault.Line}, column {fault.Column}: ";
        var message = fault.Message.StartsWith(place, StringComparison.Ordinal) ? fault.Message[place.Length..] : fault.Message;
        return $"{path}:{fault.Line}:{fault.Column}: {message}";
    }
}
