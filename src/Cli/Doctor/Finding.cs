namespace Holdfast.Cli.Doctor;

/// <summary>How a finding weighs.</summary>
internal enum Grade
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Works, but people should know.</summary>
    Note,

    /// <summary>Something people need does not work.</summary>
    Bad,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Grade">How it weighs.</param>
/// <param name="Subject">What was looked at: <c>kernels</c>, <c>ipykernel</c>, <c>page</c>, <c>state</c>, <c>sockets</c>, <c>disk</c>, <c>limits</c>, <c>keeper</c>, <c>host</c>, <c>podman</c>, <c>hub</c>; of a cluster <c>slurm</c>, <c>partition NAME</c>, <c>accounting</c>, <c>node NAME</c>. Programs rely on these.</param>
/// <param name="Text">What was found.</param>
/// <param name="Mend">What to do about it; null when nothing is to be done.</param>
internal sealed record Finding(Grade Grade, string Subject, string Text, string? Mend = null);
