namespace Holdfast.Hub.Jobs;

/// <summary>The environment of a machine as it was when a job was submitted: an environment point, which stays as long as the job is not over.</summary>
/// <param name="Machine">The machine's id.</param>
/// <param name="Point">The point's number.</param>
/// <param name="Layer">The name by which the engine keeps the machine's changes to its system; null for none.</param>
/// <param name="Fingerprint">Tells one environment from another: <c>env:</c> and a hash of the packages and files of home and system. Not a digest: of a machine on the host the system below is not in it.</param>
/// <param name="Packages">How many packages are installed in it.</param>
public sealed record JobEnvironment(string Machine, long Point, string? Layer, string Fingerprint, int Packages);
