export { auditSigning } from './audit.js';
export type {
  AuditCall,
  AuditChange,
  AuditDecision,
  AuditDocument,
  AuditEnd,
  AuditEntry,
  AuditRun,
  AuditSession,
  AuditState,
  AuditStateChange,
  RecordedFailure,
  RunEnd,
  SigningAudit,
} from './record.js';
