using System.Diagnostics.CodeAnalysis;
using Holdfast.Notebooks;

namespace Holdfast.Cli.Notebooks;

/// <summary>A notebook named on the command line.</summary>
internal static class NotebookFile
{
    /// <summary>Reads a notebook from a file, or from standard input for <c>-</c>; false with a sentence that names the file and the fault.</summary>
    public static bool TryParse(string path, [NotNullWhen(true)] out NotebookDocument? notebook, [NotNullWhen(false)] out string? error) =>
        TryParse(path, emptyIsNone: false, out notebook, out error);

    /// <summary>The same, but an empty file, by which git and shells name what is not there, is a notebook without cells.</summary>
    public static bool TryParseOrEmpty(string path, [NotNullWhen(true)] out NotebookDocument? notebook, [NotNullWhen(false)] out string? error) =>
        TryParse(path, emptyIsNone: true, out notebook, out error);

    private static bool TryParse(string path, bool emptyIsNone, [NotNullWhen(true)] out NotebookDocument? notebook, [NotNullWhen(false)] out string? error)
    {
        notebook = null;
        if (!TryRead(path, out var bytes, out error)) return false;
        if (bytes.Length == 0 && emptyIsNone) bytes = """{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}"""u8.ToArray();
        if (!NotebookDocument.Parse(bytes).TryGet(out notebook, out var fault)) error = Text(path, fault);
        return error is null;
    }

    /// <summary>Reads a file, or standard input for <c>-</c>; false with a sentence that names the file and the fault.</summary>
    public static bool TryRead(string path, out byte[] bytes, [NotNullWhen(false)] out string? error)
    {
        (bytes, error) = ([], null);
        try
        {
            if (path != "-")
            {
                bytes = File.ReadAllBytes(path);
                return true;
            }

            using var stdin = Console.OpenStandardInput();
            using var copy = new MemoryStream();
            stdin.CopyTo(copy);
            bytes = copy.ToArray();
            return true;
        }
        catch (FileNotFoundException)
        {
            error = $"{path} does not exist.";
        }
        catch (DirectoryNotFoundException)
        {
            error = $"{path} does not exist: there is no folder {Path.GetDirectoryName(Path.GetFullPath(path))}.";
        }
        catch (UnauthorizedAccessException)
        {
            error = Directory.Exists(path) ? $"{path} is a folder; name a notebook in it." : $"{path} may not be read by this user.";
        }
        catch (IOException e)
        {
            error = $"{path} cannot be read: {e.Message}";
        }

        return false;
    }

    /// <summary>The fault behind its place as compilers write it; the message's own words for the place would say it twice.</summary>
    public static string Text(string path, NotebookFault fault)
    {
        var place = $"Line {fault.Line}, column {fault.Column}: ";
        var message = fault.Message.StartsWith(place, StringComparison.Ordinal) ? fault.Message[place.Length..] : fault.Message;
        return $"{path}:{fault.Line}:{fault.Column}: {message}";
    }
}
