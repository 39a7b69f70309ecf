using System.Diagnostics.CodeAnalysis;

namespace Holdfast.Cli.Notebooks;

/// <summary>A notebook named on the command line.</summary>
internal static class NotebookFile
{
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
}
