using Holdfast.Hub.Jobs;

namespace Holdfast.Hub.Images;

/// <summary>Import statements as a command: each is run, and those that fail are said, a line each, with the place where they stand.</summary>
public static class ImportRun
{
    /// <summary>Runs a text with the Python that is named, or else the first that there is.</summary>
    private const string WithPython = """
        program=$1 named=$2; shift 2
        python=$(command -v "${named:-python3}") || { [ -z "$named" ] && python=$(command -v python); } || { echo "There is no ${named:-python3}."; exit 127; }
        exec "$python" -c "$program" "$@"
        """;

    // What an import does besides being there or not is not asked: without a GPU, or without its settings, much fails that would not.
    private const string Program = """
        import sys
        names, failed = {"__name__": "imports"}, 0
        for place, statement in zip(sys.argv[1::2], sys.argv[2::2]):
            try:
                exec(statement, names)
            except ImportError as fault:
                failed = 1
                print(f"{place}: {' '.join(statement.split())}: {type(fault).__name__}: {fault}", flush=True)
            except Exception as fault:
                print(f"{place}: {type(fault).__name__}, which is not counted: {fault}", flush=True)
        sys.exit(failed)
        """;

    /// <summary>The command; it ends with 1 when one fails, with 127 when there is no Python.</summary>
    /// <param name="imports">In their order.</param>
    /// <param name="python">The interpreter; null for <c>python3</c>, else <c>python</c>.</param>
    public static IReadOnlyList<string> Command(IEnumerable<JobImport> imports, string? python = null)
    {
        ArgumentNullException.ThrowIfNull(imports);
        return ["/bin/sh", "-c", WithPython, "sh", Program, python ?? "", .. imports.SelectMany(each => (string[])[each.Place, each.Statement])];
    }

    /// <summary>What such a command said of imports that fail.</summary>
    /// <param name="imports">The same.</param>
    /// <param name="output">All that it said; modules may have said something, too.</param>
    /// <param name="wantsGpus">Whether GPUs are asked for that were not there: then only a module that is not there fails.</param>
    internal static IReadOnlyList<string> Failures(IReadOnlyList<JobImport> imports, string output, bool wantsGpus)
    {
        var places = imports.Select(each => $"{each.Place}: ").ToHashSet(StringComparer.Ordinal);
        return [.. output.Split('\n').Where(line => places.Any(place => line.StartsWith(place, StringComparison.Ordinal))
            && (line.Contains(": ModuleNotFoundError: ", StringComparison.Ordinal) || (!wantsGpus && line.Contains(": ImportError: ", StringComparison.Ordinal))))];
    }
}
