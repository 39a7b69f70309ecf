using System.Buffers;
using System.CommandLine;

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
        if (!NotebookFile.TryParse(path, out var document, out var error)) return Output.Fail(error);

        var written = new ArrayBufferWriter<byte>(document.Bytes.Length);
        document.WriteTo(written);
        using var stdout = new StandardOutput();
        stdout.Write(written.WrittenSpan);
        return 0;
    }
}
