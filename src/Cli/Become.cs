using System.Collections;
using System.Runtime.InteropServices;

namespace Holdfast.Cli;

/// <summary>Becomes another program: for those that run for days, and whose terminal is theirs alone.</summary>
internal static partial class Become
{
    /// <summary>Does it; comes back only when that cannot be, after why was said.</summary>
    /// <param name="program">Its name, looked for in <c>PATH</c>.</param>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="variable">A variable of its environment, besides those of this process.</param>
    public static int Program(string program, IReadOnlyList<string> arguments, (string Name, string Value) variable)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Where(each => (string)each.Key != variable.Name).Select(each => $"{each.Key}={each.Value}");
        Execvpe(program, [program, .. arguments, null], [.. environment, $"{variable.Name}={variable.Value}", null]);
        return Output.Fail($"{program} could not be run: {Marshal.GetLastPInvokeErrorMessage()}.");
    }

    [LibraryImport("libc", EntryPoint = "execvpe", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execvpe(string file, string?[] arguments, string?[] environment);
}
