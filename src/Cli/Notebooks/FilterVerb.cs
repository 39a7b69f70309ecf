using System.Buffers;
using System.CommandLine;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Cleaning;

namespace Holdfast.Cli.Notebooks;

/// <summary>
/// <c>holdfast nb filter</c>: git's long-running filter (gitattributes, "Long Running Filter Process", version 2). One process cleans all notebooks
/// of a git command. What is no notebook goes through as it is, with a warning: a filter that failed would keep people from committing.
/// </summary>
internal static class FilterVerb
{
    public static Command Create()
    {
        var options = new CleanOptions();
        var command = new Command("filter", "Clean notebooks for git, which starts it as filter.holdfast.process. 'holdfast nb install-hooks' sets it up.");
        options.AddTo(command);
        command.SetAction(parse =>
        {
            using var input = Console.OpenStandardInput();
            using var output = new BufferedStream(new StandardOutput(), 1 << 16);
            return Serve(new FilterPackets(input, output), options.Rules(parse));
        });
        return command;
    }

    private static int Serve(FilterPackets git, Func<string, CleanRules> rulesFor)
    {
        // 1. Greeting: who speaks, and what is offered. Checking out needs no filter, so only cleaning is.
        if (git.ReadList() is not ["git-filter-client", .. var versions] || !versions.Contains("version=2")) return Output.Fail("git calls this; by hand use 'holdfast nb clean'.");
        git.WriteList("git-filter-server", "version=2");
        git.Flush();
        git.ReadList();
        git.WriteList("capability=clean");
        git.Flush();
        // 2. One request a notebook: the file comes, and goes back cleaned. Git closes its end when it is done.
        var content = new ArrayBufferWriter<byte>();
        while (git.ReadList() is { } request)
        {
            content.ResetWrittenCount();
            git.ReadContent(content);
            var path = request.Find(line => line.StartsWith("pathname=", StringComparison.Ordinal))?["pathname=".Length..] ?? "";
            git.WriteList("status=success");
            git.WriteContent(Clean(path, content.WrittenMemory, rulesFor).Span);
            git.WriteList();
            git.Flush();
        }

        return 0;
    }

    private static ReadOnlyMemory<byte> Clean(string path, ReadOnlyMemory<byte> content, Func<string, CleanRules> rulesFor)
    {
        if (content.IsEmpty) return content;
        try
        {
            if (NotebookDocument.Parse(content).TryGet(out var notebook, out var fault)) return NotebookCleaner.Clean(notebook, rulesFor(Path.GetDirectoryName(Path.GetFullPath(path))!)).Bytes;
            Console.Error.WriteLine($"holdfast: warning: {NotebookFile.Text(path, fault)} It goes into git as it is.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"holdfast: warning: {path} goes into git as it is: {e.Message}");
        }

        return content;
    }
}
